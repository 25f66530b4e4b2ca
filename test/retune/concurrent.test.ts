/**
 * Somebody else at work in the project while a retune of it is planned or written: what was planned from other files is
 * refused and nothing of it is written, and of two runs at once one is told that the other writes.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { runWithFault, startWithFault } from "../support/faulty-run.ts";
import { assertState, leaveOutTests, stateOf } from "../support/project-state.ts";
import { proposed, write } from "../support/proposed.ts";
import { edit, json, makeSampleServer, run, type SampleServer } from "../support/sample-server.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

const answers = { memory: "1g", features: "default,-request-id,cors" } as const;
const retune = ["retune", `--memory=${answers.memory}`, `--features=${answers.features}`, "--yes"];

/** What happens between the plan and the write, and the first file that the refusal names. */
const meanwhile: readonly (readonly [string, string, (project: string) => void])[] = [
  [
    "a file that it updates is edited",
    "fastserve.tuned.toml",
    (project) => edit(project, "fastserve.tuned.toml", /^/, "# mine\n"),
  ],
  ["a file that it updates is deleted", "deploy/nginx.conf", (project) => rmSync(join(project, "deploy/nginx.conf"))],
  [
    "a file that it updates becomes a symlink to the same bytes",
    "src/wiring.ts",
    (project) => {
      renameSync(join(project, "src/wiring.ts"), join(project, "elsewhere.ts"));
      symlinkSync(join(project, "elsewhere.ts"), join(project, "src/wiring.ts"));
    },
  ],
  [
    "a file that it updates becomes a folder",
    "README.md",
    (project) => {
      rmSync(join(project, "README.md"));
      mkdirSync(join(project, "README.md"));
    },
  ],
  [
    "a file that it merges is edited again",
    "deploy/haproxy.cfg",
    (project) => edit(project, "deploy/haproxy.cfg", /^/, "# mine, twice\n"),
  ],
  [
    "a file that it deletes is edited",
    "src/features/request-id.ts",
    (project) => edit(project, "src/features/request-id.ts", /^/, "// mine\n"),
  ],
  [
    "a file that it deletes is deleted",
    "src/features/request-id.ts",
    (project) => rmSync(join(project, "src/features/request-id.ts")),
  ],
  [
    "a file that it creates appears",
    "src/features/cors.ts",
    (project) => writeFileSync(join(project, "src/features/cors.ts"), "// mine\n"),
  ],
  [
    "a file that it creates appears with the very bytes",
    "src/features/cors.ts",
    (project) => {
      const entry = proposed(project, answers).tree.get("src/features/cors.ts");
      writeFileSync(join(project, "src/features/cors.ts"), entry?.content ?? "");
    },
  ],
  [
    "the lock is written by another run",
    ".fastserve/lock.json",
    (project) => write(nodeFileSystem, proposed(project, { memory: "1536m" })),
  ],
  [
    "a file that it updates may be executed",
    "fastserve.tuned.toml",
    (project) => chmodSync(join(project, "fastserve.tuned.toml"), 0o755),
  ],
  ["the lock is deleted", ".fastserve/lock.json", (project) => rmSync(join(project, ".fastserve/lock.json"))],
];

describe("a retune", () => {
  for (const [what, path, happen] of meanwhile) {
    it(`writes nothing when ${what} after it was planned`, () =>
      planned((project, plan) => {
        happen(project);
        const found = stateOf(project);
        assert.throws(
          () => write(nodeFileSystem, plan),
          (error) =>
            error instanceof AppError &&
            error.code === "FILE_CHANGED_MEANWHILE" &&
            error.problems.some(({ key }) => key === path),
        );
        assertState(stateOf(project), found);
      }));
  }

  it("writes nothing when a folder that it writes in becomes a symlink after it was planned", () =>
    planned((project, plan) => {
      renameSync(join(project, "src/features"), join(project, "elsewhere"));
      symlinkSync(join(project, "elsewhere"), join(project, "src/features"));
      const found = stateOf(project);
      assert.throws(
        () => write(nodeFileSystem, plan),
        (error) => error instanceof AppError && error.code === "DIRECTORY_UNSAFE",
      );
      assertState(stateOf(project), found);
    }));

  it("keeps the other permissions that a file got after it was planned", () =>
    planned((project, plan) => {
      chmodSync(join(project, "fastserve.tuned.toml"), 0o640);
      write(nodeFileSystem, plan);
      assert.equal(statSync(join(project, "fastserve.tuned.toml")).mode & 0o777, 0o640);
    }));

  it("does not mind an edit of a file that it does not write", () =>
    planned((project, plan) => {
      edit(project, "src/launch.ts", /^/, "// mine\n");
      write(nodeFileSystem, plan);
      assert.equal(run(project, "diff").status, 0);
    }));

  it("is carried out by its digest only while the project is as it was reviewed", () =>
    planned((project) => {
      const flags = retune.filter((word) => word !== "--yes");
      const { planDigest } = json(project, ...flags, "--dry-run");
      edit(project, "deploy/haproxy.cfg", /^/, "# mine, twice\n");
      const found = stateOf(project);
      const { status, stderr } = run(project, ...flags, `--plan-digest=${planDigest}`);
      assert.notEqual(status, 0);
      assert.match(stderr, /\[PLAN_DIFFERS\]/);
      assertState(stateOf(project), found);
      const reviewed = json(project, ...flags, "--dry-run").planDigest;
      assert.equal(run(project, ...flags, `--plan-digest=${reviewed}`).status, 0);
    }));
});

describe("two retunes at once", () => {
  // Early: the claim is held and nothing is prepared; late: half of the files are in place.
  for (const [when, part] of [
    ["has just begun", 0.05],
    ["is half done", 0.8],
  ] as const) {
    it(`are one: the other is told DIRECTORY_BUSY when the first ${when}, and changes nothing`, () =>
      planned(async (project) => {
        const calls = callsOf(project);
        const first = startWithFault(project, `pause ${Math.ceil(calls * part)}`, retune);
        try {
          await said(first.stdout, "paused");
          const found = stateOf(project);
          for (const argv of [retune, ["upgrade", "--yes"], ["undo"]]) {
            const { status, stderr } = run(project, ...argv);
            assert.equal(status, 4, stderr);
            assert.match(stderr, /\[DIRECTORY_BUSY\]/);
            assertState(stateOf(project), found);
          }
        } finally {
          first.kill("SIGKILL");
          await once(first, "exit");
        }
        // The dead run is in nobody's way.
        const { status, stderr } = run(project, ...retune);
        assert.equal(status, 0, stderr);
        assert.equal(run(project, "diff").status, 0);
      }));
  }
});

async function planned(test: (project: string, plan: ReturnType<typeof proposed>) => void | Promise<void>) {
  await sample.use(async (project) => {
    leaveOutTests(project);
    edit(project, "deploy/haproxy.cfg", /^/, "# mine\n");
    await test(project, proposed(project, answers));
  });
}

/** How many calls the whole retune takes; the project is as before. */
function callsOf(project: string): number {
  const { calls } = runWithFault(project, "", retune);
  assert.equal(run(project, "undo").status, 0);
  return calls;
}

async function said(stream: NodeJS.ReadableStream | null, word: string): Promise<void> {
  let text = "";
  for await (const chunk of stream ?? []) {
    text += chunk;
    if (text.includes(word)) return;
  }
  assert.fail(`ended without ${word}: ${text}`);
}
