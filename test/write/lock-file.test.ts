import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/lib/errors.ts";
import { type Lock, parseLock, printLock } from "../../src/write/lock-file.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

const lock: Lock = {
  generatorVersion: "0.1.0",
  files: new Map([
    ["src/main.ts", { owner: "merged", sha256: A, mode: 0o644 }],
    ["bin/start.sh", { owner: "seeded", sha256: B, mode: 0o755 }],
  ]),
};

const printed = `{
  "schema": 1,
  "generator": "0.1.0",
  "files": {
    "bin/start.sh": {"owner":"seeded","sha256":"${B}","mode":"755"},
    "src/main.ts": {"owner":"merged","sha256":"${A}","mode":"644"}
  }
}
`;

test("printLock() puts one file on a line, sorted", () => assert.equal(printLock(lock), printed));

test("parseLock() reads what printLock() printed", () => {
  const read = parseLock(printed);
  assert.equal(read.generatorVersion, "0.1.0");
  assert.deepEqual([...read.files].sort(), [...lock.files].sort());
});

test("parseLock() reads a lock with conflict markers and forgets only what the sides disagree on", () => {
  const conflicted = printed.replace(
    /^ {4}"src\/main.ts".*\n/m,
    (line) =>
      `<<<<<<< ours\n${line}=======\n${line.replace(A, B)}    "new.ts": {"owner":"merged","sha256":"${A}","mode":"644"},\n>>>>>>> theirs\n`,
  );
  assert.deepEqual([...parseLock(conflicted).files.keys()], ["bin/start.sh", "new.ts"]);
});

const refused: readonly (readonly [string, string])[] = [
  ["no JSON", "hello"],
  ["an array", "[]"],
  ["a newer schema", printed.replace('"schema": 1', '"schema": 2')],
  ["an unknown owner", printed.replace('"merged"', '"mine"')],
  ["no hash", printed.replace(A, "")],
  ["another mode", printed.replace('"755"', '"4755"')],
  ["a path out of the project", printed.replace("src/main.ts", "../main.ts")],
  ["an absolute path", printed.replace("src/main.ts", "/etc/passwd")],
  ["a git hook", printed.replace("src/main.ts", ".git/hooks/pre-commit")],
];
for (const [what, text] of refused) {
  test(`parseLock() refuses ${what}`, () => {
    assert.throws(
      () => parseLock(text),
      (error) => error instanceof AppError && error.code === "PROJECT_STATE_INVALID",
    );
  });
}
