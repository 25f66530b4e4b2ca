import assert from "node:assert/strict";
import { test } from "node:test";
import { challenges } from "../../../src/features/auth/challenges.ts";

test("challenges quote what a realm has of quotes", () => {
  assert.equal(
    challenges(["basic"], 'a "b" \\ c').missing().headers["www-authenticate"],
    'Basic realm="a \\"b\\" \\\\ c", charset="UTF-8"',
  );
});

test("challenges name every scheme, and an error for the token alone", () => {
  const { missing, wrongToken, malformedToken } = challenges(["bearer", "basic"], "r");
  const basic = ', Basic realm="r", charset="UTF-8"';
  assert.deepEqual(
    [missing(), wrongToken(), malformedToken()].map((error) => [error.status, error.headers["www-authenticate"]]),
    [
      [401, `Bearer realm="r"${basic}`],
      [401, `Bearer realm="r", error="invalid_token"${basic}`],
      [400, `Bearer realm="r", error="invalid_request"${basic}`],
    ],
  );
});
