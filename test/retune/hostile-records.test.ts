/**
 * A project's own records come with a clone, so anybody may have written them. Whatever they say, the commands end with
 * a code that names the file, soon, with nothing written and nothing read from outside of the project; what can be
 * told without them goes on.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { snapshot } from "../support/folder-snapshot.ts";
import { leaveOutTests } from "../support/project-state.ts";
import { edit, json, makeSampleServer, read, run, type SampleServer } from "../support/sample-server.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

const LOCK = ".fastserve/lock.json";
const HASH = "a".repeat(64);
const row = (path: string): string => `    ${JSON.stringify(path)}: {"owner":"merged","sha256":"${HASH}","mode":"644"}`;
const withRows = (project: string, ...paths: readonly string[]): void =>
  edit(project, LOCK, /^ {2}"files": \{$/m, `$&\n${paths.map((path) => `${row(path)},`).join("\n")}`);
const linkedOut = (project: string, path: string): void => {
  const outside = join(dirname(project), "outside", path);
  mkdirSync(dirname(outside), { recursive: true });
  renameSync(join(project, path), outside);
  symlinkSync(outside, join(project, path));
};
const pipe = (project: string, path: string): void => {
  rmSync(join(project, path), { recursive: true });
  assert.equal(spawnSync("mkfifo", [join(project, path)]).status, 0);
};

/** What the records are, and the code that ends a retune. */
const refused: readonly (readonly [string, string, (project: string) => void])[] = [
  ["a lock with a path out of the project", "PROJECT_STATE_INVALID", (project) => withRows(project, "../outside/x")],
  ["a lock with an absolute path", "PROJECT_STATE_INVALID", (project) => withRows(project, "/etc/hostname")],
  ["a lock with a git hook", "PROJECT_STATE_INVALID", (project) => withRows(project, ".git/hooks/post-checkout")],
  ["a lock with a path that a symlink leads out", "DIRECTORY_UNSAFE", symlinkInLock],
  ["a lock with more files than any project", "PROJECT_STATE_INVALID", (project) => withRows(project, ...manyPaths)],
  ["a lock of ten gigabytes", "DIRECTORY_UNSAFE", (project) => truncateSync(join(project, LOCK), 10 * 2 ** 30)],
  ["a lock of five megabytes", "PROJECT_STATE_INVALID", (project) => edit(project, LOCK, /$/, " ".repeat(5_000_000))],
  ["a lock that nests deeply", "PROJECT_STATE_INVALID", (project) => put(project, LOCK, "[".repeat(2_000_000))],
  ["a lock that is a symlink", "DIRECTORY_UNSAFE", (project) => linkedOut(project, LOCK)],
  ["a lock that is a pipe", "DIRECTORY_UNSAFE", (project) => pipe(project, LOCK)],
  ["a lock of a newer schema", "PROJECT_STATE_INVALID", (project) => edit(project, LOCK, '"schema": 1', '"schema": 2')],
  ["a lock of a newer release", "DOWNGRADE_REFUSED", (project) => edit(project, LOCK, /"generator": "[^"]+"/, newer)],
  ["records in a symlinked folder", "DIRECTORY_UNSAFE", (project) => linkedOut(project, ".fastserve")],
  ["base texts in a symlinked folder", "DIRECTORY_UNSAFE", (project) => linkedOut(project, ".fastserve/base")],
  [
    "a wish of ten gigabytes",
    "DIRECTORY_UNSAFE",
    (project) => truncateSync(join(project, "fastserve.json"), 10 * 2 ** 30),
  ],
  [
    "a wish that nests deeply",
    "PROJECT_STATE_INVALID",
    (project) => put(project, "fastserve.json", '{"a":'.repeat(500_000)),
  ],
  [
    "a wish with git's conflict markers",
    "PROJECT_STATE_INVALID",
    (project) => edit(project, "fastserve.json", /^ {2}"target".*$/m, "<<<<<<< ours\n$&\n=======\n$&\n>>>>>>> theirs"),
  ],
  ["pins in a file that is a symlink", "DIRECTORY_UNSAFE", (project) => linkedOut(project, "fastserve.toml")],
  ["a wish that is a pipe", "DIRECTORY_UNSAFE", (project) => pipe(project, "fastserve.json")],
];

const newer = '"generator": "99.0.0"';
const manyPaths = Array.from({ length: 26_000 }, (_, index) => `f${index}`);

function symlinkInLock(project: string): void {
  const outside = join(dirname(project), "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "x"), "theirs");
  symlinkSync(outside, join(project, "linked"));
  withRows(project, "linked/x");
}

function put(project: string, path: string, text: string): void {
  writeFileSync(join(project, path), text);
}

describe("retune", () => {
  for (const [what, code, make] of refused) {
    it(`refuses ${what}, and doctor tells of it`, () =>
      sample.use((project) => {
        leaveOutTests(project);
        make(project);
        const found = surroundings(project);
        const { status, stderr } = run(project, "retune", "--memory=1g", "--yes");
        assert.match(stderr, new RegExp(`\\[${code}\\]`));
        assert.ok(status !== null && status >= 2 && status <= 4, `exit code ${status}`);
        const doctor = run(project, "doctor");
        assert.ok(doctor.status !== 1 && doctor.status !== null && doctor.status !== 0, doctor.stdout + doctor.stderr);
        assert.deepEqual(surroundings(project), found);
      }));
  }
});

/** What the records have lost, which a retune makes good. */
const lost: readonly (readonly [string, (project: string) => void])[] = [
  ["the lock", (project) => rmSync(join(project, LOCK))],
  ["the base texts", (project) => rmSync(join(project, ".fastserve/base"), { recursive: true })],
  ["all records", (project) => rmSync(join(project, ".fastserve"), { recursive: true })],
  [
    "the base texts of edited files, which say something else now",
    (project) => {
      for (const path of ["README.md", "package.json", "deploy/haproxy.cfg"]) {
        edit(project, `.fastserve/base/${path}.base`, /[a-z]/g, "x");
      }
    },
  ],
  [
    "the lock's form, which holds git's conflict markers",
    (project) => {
      const conflict = (line: string) =>
        `<<<<<<< ours\n${line}\n=======\n${line.replace(/[0-9a-f]{64}/, HASH)}\n>>>>>>> theirs`;
      edit(project, LOCK, /^ {4}"(?:README\.md|package\.json|fastserve\.tuned\.toml)".*$/gm, "<$&>");
      writeFileSync(
        join(project, LOCK),
        read(project, LOCK).replace(/^<(.*)>$/gm, (_, line) => conflict(line)),
      );
    },
  ],
];

describe("retune of a project that has lost", () => {
  for (const [what, lose] of lost) {
    it(`${what}: every edit stays, what was not edited is as usual, and the records are whole again`, () =>
      sample.use((project) => {
        edit(project, "package.json", '"scripts": {', '"scripts": {\n    "mine": "echo mine",');
        edit(project, "README.md", /^/, "Mine.\n\n");
        edit(project, "deploy/haproxy.cfg", /^/, "# mine\n");
        rmSync(join(project, "src/app/routes.ts"));
        lose(project);
        const { status, stdout, stderr } = run(project, "retune", "--memory=1g", "--yes");
        assert.equal(status, 0, stdout + stderr);
        assert.equal(JSON.parse(read(project, "package.json")).scripts.mine, "echo mine");
        assert.match(read(project, "README.md"), /^Mine\.\n\n/);
        assert.match(read(project, "deploy/haproxy.cfg"), /^# mine\n[\s\S]*maxconn 11100$/m);
        assert.match(read(project, "fastserve.tuned.toml"), /^limit_bytes = 1073741824/m);
        assert.equal(existsSync(join(project, "src/app/routes.ts")), false);
        assert.deepEqual(
          json(project, "diff").files.filter(({ kind }: { kind: string }) => kind !== "keep"),
          [],
        );
        assert.doesNotMatch(readFileSync(join(project, LOCK), "utf8"), /<<<<<<<|a{64}/);
        assert.equal(run(project, "undo").status, 0);
      }));
  }
});

/** The project, which records there are, and what lies beside it; of a huge or strange file only that it is there. */
function surroundings(project: string): unknown {
  const outside = join(dirname(project), "outside");
  return [
    snapshot(project, [LOCK, "fastserve.json", ".fastserve"]),
    readdirSync(join(project, ".fastserve")),
    existsSync(outside) ? snapshot(outside) : undefined,
  ];
}
