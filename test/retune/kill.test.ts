/**
 * The real program, killed with SIGKILL at every one of its writes while it retunes a real project, takes that back, or
 * recovers from the last kill: whatever comes next finds the old project or the new one, whole.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { recover } from "../../src/write/recover.ts";
import { undo } from "../../src/write/undo.ts";
import { runWithFault } from "../support/faulty-run.ts";
import { assertState, isSame, leaveOutTests, type State, stateOf } from "../support/project-state.ts";
import { proposed, write } from "../support/proposed.ts";
import { edit, makeSampleServer, run, type SampleServer } from "../support/sample-server.ts";

/** Files are created, updated, merged with an edit and deleted. */
const answers = { features: "default,-request-id,cors" } as const;
const retune = ["retune", `--features=${answers.features}`, "--yes"];

let sample: SampleServer;
before(() => {
  sample = makeSampleServer();
});
after(() => sample.remove());

/** The project before the retune and after it, and what each of the commands writes. */
interface Rehearsal {
  readonly project: string;
  readonly old: State;
  readonly made: State;
  readonly retuneCalls: number;
  readonly undoCalls: number;
}

describe("a project", () => {
  it("is old or new when retune is killed at any of its writes", () =>
    rehearsed(({ project, old, made, retuneCalls }) => {
      let whole = 0;
      for (let call = 1; call <= retuneCalls; call += 1) {
        assert.equal(runWithFault(project, `kill ${call}`, retune).signal, "SIGKILL");
        recover(nodeFileSystem, project);
        const isNew = isSame(stateOf(project), made);
        assertState(stateOf(project), isNew ? made : old, `killed after call ${call} of ${retuneCalls}`);
        whole += Number(isNew);
        if (isNew) undo(nodeFileSystem, project);
        assertState(stateOf(project), old);
      }
      assert.ok(whole > 0 && whole < retuneCalls / 2, `${whole} of ${retuneCalls} kills came after the write`);
    }));

  it("is new after a second retune, wherever the first one was killed, and that can be undone", () =>
    rehearsed(({ project, old, made, retuneCalls }) => {
      for (const part of [0.1, 0.5, 0.9, 1]) {
        const call = Math.ceil(retuneCalls * part);
        assert.equal(runWithFault(project, `kill ${call}`, retune).signal, "SIGKILL");
        const { status, stderr } = run(project, ...retune);
        assert.equal(status, 0, stderr);
        assertState(stateOf(project), made, `killed after call ${call} of ${retuneCalls}`);
        assert.equal(run(project, "undo").status, 0);
        assertState(stateOf(project), old);
      }
    }));

  it("is new or old when undo is killed at any of its writes", () =>
    rehearsed(({ project, old, made, undoCalls }) => {
      const plan = proposed(project, answers);
      for (let call = 1; call <= undoCalls; call += 1) {
        if (isSame(stateOf(project), old)) write(nodeFileSystem, plan);
        assert.equal(runWithFault(project, `kill ${call}`, ["undo"]).signal, "SIGKILL");
        recover(nodeFileSystem, project);
        const isOld = isSame(stateOf(project), old);
        assertState(stateOf(project), isOld ? old : made, `killed after call ${call} of ${undoCalls}`);
      }
    }));

  it("loses no more than the killed retune by an undo: the write before it stands", () =>
    rehearsed(({ project, old, made }) => {
      const later = ["retune", "--memory=1g", "--yes"];
      const { calls } = runWithFault(project, "", later);
      assert.equal(run(project, "undo").status, 0);
      for (const part of [0.3, 0.75]) {
        assert.equal(run(project, ...retune).status, 0);
        assert.equal(runWithFault(project, `kill ${Math.ceil(calls * part)}`, later).signal, "SIGKILL");
        const { status, stdout } = run(project, "undo");
        assert.equal(status, 0);
        assert.match(stdout, /Took back an earlier write that had been interrupted[\s\S]*The write before it stands/);
        assertState(stateOf(project), made);
        assert.equal(run(project, "undo").status, 0);
        assertState(stateOf(project), old);
      }
    }));

  it("is old or new when the recovery from a kill is killed too", () =>
    rehearsed(({ project, old, made, retuneCalls }) => {
      for (const part of [0.4, 0.9]) {
        const call = Math.ceil(retuneCalls * part);
        for (let again = 1; ; again += 3) {
          assert.equal(runWithFault(project, `kill ${call}`, retune).signal, "SIGKILL");
          // With nothing to undo, undo is a recovery and no more.
          const recovery = runWithFault(project, `kill ${again}`, ["undo"]);
          recover(nodeFileSystem, project);
          const isNew = isSame(stateOf(project), made);
          assertState(stateOf(project), isNew ? made : old, `killed at ${call}, recovery at ${again}`);
          if (isNew) undo(nodeFileSystem, project);
          if (recovery.signal !== "SIGKILL") break;
        }
      }
    }));
});

async function rehearsed(test: (rehearsal: Rehearsal) => void): Promise<void> {
  await sample.use((project) => {
    leaveOutTests(project);
    edit(project, "README.md", /^/, "Mine.\n\n");
    edit(project, "src/wiring.ts", /$/, "// mine\n");
    const old = stateOf(project);
    const { status, stderr, calls: retuneCalls } = runWithFault(project, "", retune);
    assert.equal(status, 0, stderr);
    const made = stateOf(project);
    assert.notDeepEqual(made, old);
    const { calls: undoCalls } = runWithFault(project, "", ["undo"]);
    assertState(stateOf(project), old);
    test({ project, old, made, retuneCalls, undoCalls });
  });
}
