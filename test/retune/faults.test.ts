/**
 * A retune of a real project on a disk where one call fails, or nothing that needs space succeeds any more: the run
 * ends with an error that says so, and the project is as it was, at once and without a recovery.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { recover } from "../../src/write/recover.ts";
import { undo } from "../../src/write/undo.ts";
import { type Fault, faultyFileSystem, Killed } from "../support/faulty-file-system.ts";
import { runWithFault } from "../support/faulty-run.ts";
import { assertState, isSame, leaveOutTests, ownFilesOf, type State, stateOf } from "../support/project-state.ts";
import { proposed, write } from "../support/proposed.ts";
import { edit, makeSampleServer, type SampleServer } from "../support/sample-server.ts";

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

const answers = { memory: "1g", features: "default,-request-id,cors" } as const;

/** Calls with the project, what it is before and after the write, and how many calls the write takes. */
async function rehearsed(test: (project: string, old: State, made: State, calls: number) => void): Promise<void> {
  await sample.use((project) => {
    leaveOutTests(project);
    edit(project, "README.md", /^/, "Mine.\n\n");
    const old = stateOf(project);
    const fs = faultyFileSystem(undefined);
    write(fs, proposed(project, answers));
    const made = stateOf(project);
    undo(nodeFileSystem, project);
    assertState(stateOf(project), old);
    test(project, old, made, fs.calls());
  });
}

const faults: readonly (readonly [string, (atCall: number) => Fault])[] = [
  ["any of its calls fails", (atCall) => ({ kind: "fail", atCall, code: "EIO" })],
  ["the disk is full from any of its calls on", (atCall) => ({ kind: "full", atCall })],
];

describe("retune", () => {
  for (const [name, fault] of faults) {
    it(`leaves the project as it was, or completes it, when ${name}`, () =>
      rehearsed((project, old, made, calls) => {
        const plan = proposed(project, answers);
        for (let atCall = 1; atCall <= calls; atCall += 1) {
          const error = errorOf(() => write(faultyFileSystem(fault(atCall)), plan));
          const message = `call ${atCall} of ${calls}: ${error?.message}`;
          if (error !== undefined) assert.equal(error.code, "WRITE_FAILED", message);
          // Records of a write that cannot even be cleared away are cleared by the next run.
          assertState(ownFilesOf(stateOf(project)), ownFilesOf(error === undefined ? made : old), message);
          recover(faultyFileSystem(undefined, 900_002), project);
          assertState(stateOf(project), error === undefined ? made : old, message);
          if (error === undefined) undo(nodeFileSystem, project);
        }
      }));
  }

  it("is old or new when the recovery from a kill is killed, both at calls of all phases", () =>
    rehearsed((project, old, made, calls) => {
      const plan = proposed(project, answers);
      for (let atCall = 2; atCall <= calls; atCall += 17) {
        for (let again = 1; ; again += 2) {
          ignoreKill(() => write(faultyFileSystem({ kind: "kill", atCall }), plan));
          const dying = faultyFileSystem({ kind: "kill", atCall: again }, 900_002);
          ignoreKill(() => recover(dying, project));
          recover(faultyFileSystem(undefined, 900_003), project);
          const isNew = isSame(stateOf(project), made);
          assertState(stateOf(project), isNew ? made : old, `killed at ${atCall}, recovery at ${again}`);
          if (isNew) undo(nodeFileSystem, project);
          if (!dying.isKilled()) break;
        }
      }
    }));

  it("says in a real process which error the disk gave, and ends with 1", () =>
    rehearsed((project, old) => {
      const run = runWithFault(project, "fail 40", ["retune", "--memory=1g", "--yes"]);
      assert.equal(run.status, 1);
      assert.match(run.stderr, /EIO: injected by the test\. Nothing was changed\.[\s\S]*\[WRITE_FAILED\]/);
      assertState(stateOf(project), old);
    }));
});

function errorOf(run: () => void): AppError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function ignoreKill(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}
