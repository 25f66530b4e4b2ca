import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readTokens, readUsers } from "../../../src/features/auth/credential-files.ts";
import { hashPassword } from "../../../src/features/auth/password-hash.ts";
import { CredentialFiles, userLine } from "../../fixture/credential-files.ts";
import { recordingLogger } from "../../fixture/recording-logger.ts";

const files = new CredentialFiles();
after(() => files.remove());
const digest = "0123456789abcdef".repeat(4);

test("readUsers reads names, passes over comments and empty lines, and warns of weak hashes by line", async () => {
  const { logger, lines } = recordingLogger();
  const text = `# people\r\n\r\nanna:${await hashPassword("p")}\r\n${await userLine("jos\u00e9", "p")}`;
  assert.deepEqual(
    readUsers(files.write("good", text), logger).map(({ name }) => name),
    ["anna", "jos\u00e9"],
  );
  assert.deepEqual(
    lines.map(({ level, fields }) => [level, fields.line]),
    [["warn", 4]],
  );
});

test("readTokens reads names and digests", () => {
  const { logger, lines } = recordingLogger();
  assert.deepEqual(readTokens(files.write("tokens", `ci:${digest}\n`), logger), [{ name: "ci", digest }]);
  assert.deepEqual(lines, []);
});

const secret = "Tr0ub4dor&3";
const malformed: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
  ["a password in the clear", `anna:${secret}`, /auth\.users_file, line 1 is not of the form/],
  ["a line without a colon", `# first\n${secret}`, /auth\.users_file, line 2 has no colon/],
  ["an empty name", `:${secret}`, /line 1 has a name that is empty/],
  ["a name with a control character", `an\u0007na:${secret}`, /line 1 has a name/],
  ["a hash that is cut off", `anna:scrypt$16384$8$5$${secret}`, /line 1 is not of the form/],
];
for (const [what, text, reason] of malformed) {
  test(`readUsers refuses ${what}, by its line and without repeating it`, () => {
    const { logger, lines } = recordingLogger();
    assert.throws(
      () => readUsers(files.write("bad", text), logger),
      (error: Error) => reason.test(error.message) && !error.message.includes(secret),
    );
    assert.ok(!JSON.stringify(lines).includes(secret));
  });
}

test("readUsers refuses a name that stands twice, also in another form of the same letters", async () => {
  const { logger } = recordingLogger();
  const text = `${await userLine("jos\u00e9", "a")}${await userLine("jose\u0301", "b")}`;
  assert.throws(() => readUsers(files.write("twice", text), logger), /line 2 has the same name as line 1/);
});

test("readTokens refuses a token in place of its digest, without repeating it", () => {
  const { logger } = recordingLogger();
  assert.throws(
    () => readTokens(files.write("clear", `ci:${secret}`), logger),
    (error: Error) => /auth\.bearer_file, line 1/.test(error.message) && !error.message.includes(secret),
  );
});

for (const [mode, text] of [
  [0o644, "0644"],
  [0o640, "0640"],
  [0o602, "0602"],
] as const) {
  test(`readTokens warns of a file with mode ${text}`, () => {
    const { logger, lines } = recordingLogger();
    readTokens(files.write(`mode-${text}`, `ci:${digest}`, mode), logger);
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields.key, fields.mode]),
      [["warn", "auth.bearer_file", text]],
    );
  });
}

test("readUsers says which setting names a file that is not there", () => {
  const { logger } = recordingLogger();
  assert.throws(() => readUsers("/no/such/file", logger), /auth\.users_file = "\/no\/such\/file" cannot be read/);
});
