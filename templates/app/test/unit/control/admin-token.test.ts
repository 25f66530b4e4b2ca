import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, describe, it } from "node:test";
import { readAdminToken, refuseWithoutToken } from "../../../src/control/admin-token.ts";

const TOKEN = "correct horse battery staple".replaceAll(" ", "-");

describe("the admin token", () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-token-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const refusal = (path: string | undefined, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const error = refuseWithoutToken(new Request("http://localhost/", { method: "POST", headers }), path);
    return error && [error.status, error.code];
  };

  it("lets in who sends the file's text, whatever white space is around it", () => {
    const path = file("token", `\n  ${TOKEN}\n`);
    for (const scheme of ["Bearer", "bearer", "BEARER"]) assert.equal(refusal(path, `${scheme} ${TOKEN}`), undefined);
  });

  const wrong = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
  ];
  for (const authorization of wrong) {
    it(`answers 401 to ${JSON.stringify(authorization)}, and nothing that tells why`, () => {
      assert.deepEqual(refusal(file("token", TOKEN), authorization), [401, "WRONG_TOKEN"]);
    });
  }

  it("answers 403 with the next step where there is no file", () => {
    assert.deepEqual(refusal(undefined, `Bearer ${TOKEN}`), [403, "NO_ADMIN_TOKEN"]);
    assert.match(refuseWithoutToken(new Request("http://localhost/"), undefined)?.message ?? "", /admin\.token_file/);
  });

  it("reads the file anew, so that a token can be changed", () => {
    const path = file("changed", TOKEN);
    assert.equal(refusal(path, `Bearer ${TOKEN}`), undefined);
    writeFileSync(path, "another-token-altogether");
    assert.deepEqual(refusal(path, `Bearer ${TOKEN}`), [401, "WRONG_TOKEN"]);
    assert.equal(refusal(path, "Bearer another-token-altogether"), undefined);
  });

  const unfit = [
    ["a short token", () => file("short", "fifteen-bytes-x\n"), /holds 15 bytes; a token has 16 to 4096: openssl rand/],
    [
      "a token that no header can carry",
      () => file("spaced", "sixteen bytes or more\n"),
      /white space .* openssl rand/,
    ],
    ["bytes that are no text", () => file("binary", "\u00ff".repeat(20)), /no header carries/],
    ["an empty file", () => file("empty", "\n"), /holds 0 bytes/],
    ["a file that is none", () => join(folder, "absent"), /cannot be read: /],
  ] as const;
  for (const [name, path, message] of unfit) {
    it(`refuses ${name}, with the reason`, () => {
      assert.throws(() => readAdminToken(path()), message);
      assert.deepEqual(refusal(path(), `Bearer ${TOKEN}`), [403, "ADMIN_TOKEN_FILE"]);
    });
  }

  for (const mode of [0o640, 0o604, 0o644, 0o620, 0o602]) {
    it(`refuses a file of mode ${mode.toString(8)}`, {
      skip: process.platform === "win32" ? "no modes here" : false,
    }, () => {
      const path = file("open", TOKEN, mode);
      assert.throws(
        () => readAdminToken(path),
        new RegExp(`can be read or written by others \\(mode 0${mode.toString(8)}\\); chmod 600`),
      );
      assert.deepEqual(refusal(path, `Bearer ${TOKEN}`), [403, "ADMIN_TOKEN_FILE"]);
    });
  }
});
