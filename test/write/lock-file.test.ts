import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/lib/errors.ts";
import { type Lock, parseLock, printLock } from "../../src/write/records/lock-file.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

const lock: Lock = {
  generatorVersion: "0.1.0",
  files: new Map([
    ["src/main.ts", { owner: "merged", sha256: A, mode: 0o644 }],
    ["src/worker.ts", { owner: "merged", sha256: B, mode: 0o644, unverified: true }],
    ["bin/start.sh", { owner: "seeded", sha256: B, mode: 0o755 }],
  ]),
};

const printed = `{
  "schema": 1,
  "generator": "0.1.0",
  "files": {
    "bin/start.sh": {"owner":"seeded","sha256":"${B}","mode":"755"},
    "src/main.ts": {"owner":"merged","sha256":"${A}","mode":"644"},
    "src/worker.ts": {"owner":"merged","sha256":"${B}","mode":"644","unverified":true}
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
  const read = parseLock(conflicted);
  assert.deepEqual([...read.files.keys()], ["bin/start.sh", "new.ts", "src/worker.ts"]);
  assert.deepEqual(
    [...read.disputed].map(([path, sides]) => [path, sides.map(({ sha256 }) => sha256)]),
    [["src/main.ts", [A, B]]],
  );
});

test("parseLock() takes the newer of two generators in conflict, so that it is not taken for an older one's", () => {
  const line = '  "generator": "0.1.0",\n';
  const sides = `<<<<<<< ours\n${line.replace("0.1.0", "0.10.0")}=======\n${line.replace("0.1.0", "0.9.0")}>>>>>>> theirs\n`;
  assert.equal(parseLock(printed.replace(line, sides)).generatorVersion, "0.10.0");
});

test("parseLock() names the newer release that a newer schema needs, and nothing that is no version", () => {
  const newer = printed.replace('"schema": 1', '"schema": 2').replace("0.1.0", "7.0.0");
  assert.throws(
    () => parseLock(newer),
    (error) => error instanceof AppError && error.problems[0]?.next === "Run it with create-fastserve@7.0.0 or newer.",
  );
  assert.throws(
    () => parseLock(newer.replace("7.0.0", "7.0.0; curl evil")),
    (error) => error instanceof AppError && !JSON.stringify(error.problems).includes("evil"),
  );
});

const manyRows = Array.from(
  { length: 25_001 },
  (_, index) => `    "f${index}": {"owner":"merged","sha256":"${A}","mode":"644"}`,
);
const refused: readonly (readonly [string, string])[] = [
  ["no JSON", "hello"],
  ["an array", "[]"],
  ["a newer schema", printed.replace('"schema": 1', '"schema": 2')],
  ["schema 0, older than the first", printed.replace('"schema": 1', '"schema": 0')],
  ["a schema that is no whole number", printed.replace('"schema": 1', '"schema": 1.5')],
  ["an absurd schema", printed.replace('"schema": 1', '"schema": 1e999')],
  ["a generator that is no version", printed.replace("0.1.0", "\\u001b[2J")],
  ["a generator that is no text", printed.replace('"0.1.0"', '{ "toString": 1, "valueOf": 1 }')],
  ["more schemas in conflict than a call takes arguments", `<<<<<<< ours\n${'  "schema": 2\n'.repeat(290_000)}`],
  ["no generator", printed.replace(/^ {2}"generator.*\n/m, "")],
  ["more files than any project has", `{"schema":1,"generator":"0.1.0","files":{\n${manyRows.join(",\n")}}}`],
  ["more bytes than any lock has", printed + " ".repeat(4 * 1024 * 1024)],
  ["a path longer than systems allow", printed.replace("src/main.ts", `${"d/".repeat(512)}main.ts`)],
  ["a strange mark", printed.replace('"unverified":true', '"unverified":1')],
  ["a file's row that is a list", printed.replace(/\{"owner":"seeded".*\}/, "[]")],
  ["two spellings of one path", printed.replace("bin/start.sh", "SRC/main.ts")],
  ["a path of these records", printed.replace("src/main.ts", ".fastserve/journal/x")],
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

test("parseLock() shows no byte of a stranger's path that a terminal takes for a command", () => {
  assert.throws(
    () => parseLock(printed.replace("bin/start.sh", "a\\u001b[2Jb").replace('"owner":"seeded"', '"owner":"mine"')),
    (error) => error instanceof AppError && error.message.includes('"a\\u001b[2Jb" has no owner'),
  );
});
