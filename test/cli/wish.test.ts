/** What a run wants of a project: recorded answers, those given now, and the facts that go with them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parseFlags } from "../../src/answers/flags.ts";
import type { OpenProject } from "../../src/cli/project/project.ts";
import { newWish, recordedWish, saysTheSame, type Wish } from "../../src/cli/project/wish.ts";
import { openTargets } from "../../src/cli/target.ts";
import { noUserSettings } from "../../src/drift/user-settings.ts";
import { type ProjectFile, parseProjectFile } from "../../src/tree/project-file.ts";
import { noBase } from "../../src/write/records/base.ts";

const text = readFileSync(new URL("../golden/bun-api-small/expected/fastserve.json", import.meta.url), "utf8");
const recorded: ProjectFile = {
  ...parseProjectFile(text, "fastserve.json"),
  target: "aws-t4g-small",
};
const file: ProjectFile = { ...recorded, answers: { ...recorded.answers, target: "aws-t4g-small" } };

function projectOf(wish: ProjectFile, before: ProjectFile = wish): OpenProject {
  return {
    directory: "/nowhere",
    wish,
    recordedWish: before,
    base: noBase,
    user: noUserSettings,
    recorded: new Map(),
  };
}

function told(project: OpenProject, ...argv: readonly string[]): Wish {
  return newWish(project, parseFlags(argv).given, openTargets("/nowhere"));
}

const defaulted: ProjectFile = { ...file, defaulted: ["features", "port", "objective", "connections"] };

describe("newWish()", () => {
  it("is the recorded wish when nothing is given", () => {
    const project = projectOf(defaulted);
    assert.equal(saysTheSame(told(project, "--target=recorded").answers, recordedWish(project).answers), true);
    assert.deepEqual(told(project, "--target=recorded").target, recordedWish(project).target);
  });

  it("lets a default follow the answer that it depends on", () => {
    const features = (wish: Wish): boolean => wish.answers.features.value.includes("websocket");
    const lean: ProjectFile = {
      ...defaulted,
      answers: { ...file.answers, workload: "static", exposure: "direct", features: ["request-log"] },
    };
    const moved = told(projectOf(lean), "--workload=realtime");
    assert.equal(moved.answers.features.origin, "default");
    assert.equal(features(moved), true);
    // No default of this version, so one of another: it stays while nothing that it depends on changes.
    assert.deepEqual(told(projectOf(lean), "--port=4000").answers.features.value, ["request-log"]);
  });

  it("keeps a given answer whatever else is given", () => {
    const given: ProjectFile = { ...file, defaulted: [], answers: { ...file.answers, features: ["cors"] } };
    assert.deepEqual(told(projectOf(given), "--workload=realtime").answers.features.value, ["cors"]);
  });

  it("takes an edit of the file for an answer that was given, and lets defaults follow it", () => {
    const edited: ProjectFile = {
      ...defaulted,
      answers: { ...defaulted.answers, features: ["cors"], port: 4000 },
    };
    const moved = told(projectOf(edited, defaulted), "--workload=realtime");
    assert.deepEqual(moved.answers.features, { value: ["cors"], origin: "file" });
    assert.deepEqual(moved.answers.port, { value: 4000, origin: "file" });
    const lean: ProjectFile = {
      ...defaulted,
      answers: { ...defaulted.answers, workload: "static", exposure: "direct" },
    };
    const realtime: ProjectFile = { ...lean, answers: { ...lean.answers, workload: "realtime" } };
    const followed = told(projectOf(realtime, lean), "--target=recorded").answers.features;
    assert.deepEqual([followed.origin, followed.value.includes("websocket")], ["default", true]);
  });

  it("never changes the runtime because another target would have another default", () => {
    const bun: ProjectFile = { ...file, defaulted: ["runtime"], answers: { ...file.answers, runtime: "bun" } };
    assert.equal(told(projectOf(bun), "--target=edge-isolate").answers.runtime.value, "bun");
  });

  it("drops numbers about the recorded target when another one is named, and keeps them otherwise", () => {
    const small: ProjectFile = { ...file, defaulted: [], answers: { ...file.answers, memory: 512 * 1024 ** 2 } };
    assert.equal(told(projectOf(small), "--target=raspberry-pi-4").answers.memory.value, undefined);
    const kept = told(projectOf(small), "--port=4000");
    assert.equal(kept.answers.memory.value, 536_870_912);
    assert.equal(kept.target.facts.memoryBytes.value, 536_870_912);
  });

  it("looks a preset up again, but leaves facts that were edited by hand and facts of a file", () => {
    const memory = (wish: Wish): number => wish.target.facts.memoryBytes.value;
    const edited: ProjectFile = {
      ...file,
      facts: {
        ...file.facts,
        facts: { ...file.facts.facts, memoryBytes: { value: 7 * 1024 ** 3, origin: "given", source: "by hand" } },
      },
    };
    const byHand = told(projectOf(edited, file));
    assert.deepEqual([memory(byHand), byHand.isExact], [7_516_192_768, true]);
    assert.equal(told(projectOf(edited, file), "--target=raspberry-pi-4").isExact, false);
    // Both recorded alike: the table of presets knows better.
    assert.equal(memory(told(projectOf(edited, edited))), 2_046_820_352);
    const ofFile: ProjectFile = { ...edited, answers: { ...edited.answers, target: "facts.json" } };
    assert.equal(memory(told(projectOf(ofFile, ofFile))), 7_516_192_768);
  });

  it("marks facts that were edited by hand or pasted, which then stand until a target is named", () => {
    const { label, facts } = openTargets("/nowhere").named("hetzner-cx23");
    const preset = { ...file, target: label, answers: { ...file.answers, target: label } };
    const withFacts = (changed: object): ProjectFile => ({
      ...preset,
      facts: { ...file.facts, facts: { ...facts, ...changed } },
    });
    const before = withFacts({});
    const edited = withFacts({
      memoryBytes: { ...facts.memoryBytes, value: 3_000_000_000 },
      smt: { value: !facts.smt.value, origin: "detected", source: "/sys/devices/system/cpu/smt/active" },
    });
    const first = told(projectOf(edited, before)).target.facts;
    const source = "edited in fastserve.json";
    assert.deepEqual(first.memoryBytes, { value: 3_000_000_000, origin: "given", source });
    assert.deepEqual(first.smt, { value: !facts.smt.value, origin: "given", source });
    assert.deepEqual(first.cpus, facts.cpus);
    const written = withFacts(first);
    assert.deepEqual(told(projectOf(written)).target.facts, first);
    // As it was before the edit, such as in an earlier commit.
    assert.deepEqual(told(projectOf(before, written)).target.facts, facts);
    assert.deepEqual(told(projectOf(written), "--target=hetzner-cx23").target.facts, facts);
  });

  it("takes an answer that was edited in the file, with the target that it names", () => {
    const edited: ProjectFile = { ...file, answers: { ...file.answers, port: 4321, target: "raspberry-pi-5" } };
    const wish = told(projectOf(edited, file));
    assert.equal(wish.answers.port.value, 4321);
    assert.equal(wish.target.label, "raspberry-pi-5");
  });

  it("reports every invalid answer", () => {
    assert.throws(() => told(projectOf(file), "--port=x", "--workload=y"), {
      message: /workload: "y"[\s\S]*port: "x"/,
    });
  });
});
