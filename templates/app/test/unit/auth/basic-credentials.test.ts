import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { basicCredentials } from "../../../src/features/auth/basic-credentials.ts";
import { basic } from "../../fixture/credential-files.ts";

const good: readonly (readonly [authorization: string, name: string, password: string])[] = [
  // RFC 7617, section 2 and 2.1.
  ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"],
  ["Basic dGVzdDoxMjPCow==", "test", "123\u00a3"],
  ["basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"],
  ["BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"],
  [basic("a", "b:c:d"), "a", "b:c:d"],
  [basic("", ""), "", ""],
  [basic("jose\u0301", "p"), "jos\u00e9", "p"],
];
for (const [authorization, name, password] of good) {
  test(`basicCredentials("${authorization}") are "${name}" and "${password}"`, () => {
    assert.deepEqual(basicCredentials(authorization), { name, password });
  });
}

const malformed = [
  "",
  "Basic",
  "Basic ",
  "Basic !!!!",
  "Basic YQ",
  "Basic YTpi, Basic YTpi",
  "Basic YTpi=YTpi",
  "Basic a",
  "Bearer YTpi",
  // No UTF-8, no colon, a control character.
  `Basic ${btoa("\xff:\xfe")}`,
  `Basic ${btoa("anna")}`,
  `Basic ${btoa("a:b\n")}`,
];
for (const authorization of malformed) {
  test(`basicCredentials(${JSON.stringify(authorization)}) are none`, () => {
    assert.equal(basicCredentials(authorization), undefined);
  });
}

test("basicCredentials never throws, and gives back what was encoded", () => {
  const authorization = fc.oneof(
    fc.string(),
    fc.base64String().map((encoded) => `Basic ${encoded}`),
  );
  fc.assert(fc.property(authorization, (given) => typeof basicCredentials(given) !== "string"));
  const text = fc.stringMatching(/^[^\p{Cc}:]*$/u);
  fc.assert(
    fc.property(text, text, (name, password) => {
      assert.deepEqual(basicCredentials(basic(name, password)), { name: name.normalize("NFC"), password });
    }),
  );
});
