import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnswerValues } from "../../src/answers/answers.ts";
import { presets } from "../../src/facts/presets.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { solve } from "../../src/plan/solve.ts";
import { compose } from "../../src/tree/compose.ts";
import { emitProjectFile } from "../../src/tree/emit-project-file.ts";
import { emitTunedToml } from "../../src/tree/emit-tuned-toml.ts";
import { type ProfileWish, profileAnswerKeys, profileAnswers } from "../../src/tree/profile-wish.ts";
import {
  answersOf,
  answersOfProfile,
  parseProjectFile,
  profileNamed,
  profileNames,
} from "../../src/tree/project-file.ts";
import { caseNames, planOfCase, REFERENCE, templates } from "./golden-cases.ts";

const reference = await planOfCase(REFERENCE);
const denoProxy = await planOfCase("deno-proxy");

/** The wish of a profile on a preset. */
function wishFor(target: string, answers: Partial<AnswerValues> = {}): ProfileWish {
  const preset = presets.find(({ id }) => id === target);
  assert.ok(preset);
  return {
    answers: { target, ...answers },
    target,
    facts: { schema: 1, label: target, facts: preset.facts },
  };
}

function planned(project: Plan, wish: ProfileWish): Plan {
  const answers = profileAnswers(project.answers, wish);
  return solve(answers, wish.facts.facts, { generatorVersion: project.generatorVersion, target: wish.target });
}

const staging = planned(reference, wishFor("aws-t4g-small", { objective: "memory" }));
const production = planned(reference, wishFor("aws-m7i-4xlarge"));

function changedPaths(plan: Plan, profiles: ReadonlyMap<string, Plan>): readonly string[] {
  const without = compose(plan, templates);
  return [...compose(plan, templates, profiles)]
    .filter(([path, { content }]) => without.get(path)?.content !== content && typeof content === "string")
    .map(([path]) => path);
}

describe("compose() with profiles", () => {
  it("adds the files of values for each profile, and names it in the shared ones that list profiles", () => {
    const { answers } = reference;
    const plan = {
      ...reference,
      answers: { ...answers, deploy: { value: ["docker", "systemd"], origin: "flag" } },
    } as Plan;
    const own = { ...staging, answers: { ...staging.answers, deploy: plan.answers.deploy } };
    assert.deepEqual(changedPaths(plan, new Map([["staging", own]])), [
      "Dockerfile",
      "README.md",
      "deploy/haproxy.staging.cfg",
      "deploy/nginx.staging.conf",
      "deploy/server.staging.conf",
      "fastserve.json",
      "fastserve.tuned.staging.toml",
    ]);
  });

  it("writes the profile's values, managed, under a head that says when they are read", () => {
    const entry = compose(reference, templates, new Map([["staging", staging]])).get("fastserve.tuned.staging.toml");
    assert.equal(entry?.owner, "managed");
    assert.equal(entry?.content, emitTunedToml(staging, "staging"));
    const own = emitTunedToml(staging);
    assert.equal(
      String(entry?.content).replace(
        `# Profile staging: where FASTSERVE_PROFILE=staging is set, the server reads this file instead of
# fastserve.tuned.toml, and fastserve.staging.toml on top of fastserve.toml.
#
`,
        "",
      ),
      own,
    );
  });

  it("gives the same tree in whatever order the profiles come", () => {
    const one = compose(
      reference,
      templates,
      new Map([
        ["staging", staging],
        ["production", production],
      ]),
    );
    const other = compose(
      reference,
      templates,
      new Map([
        ["production", production],
        ["staging", staging],
      ]),
    );
    assert.deepEqual([...one], [...other]);
  });

  it("gives the tree without profiles when there are none", () => {
    assert.deepEqual([...compose(reference, templates, new Map())], [...compose(reference, templates)]);
  });

  it("puts the packages of every profile's allocator into the one image", () => {
    const withBackend = (backend: string): Plan => ({
      ...denoProxy,
      decisions: {
        ...denoProxy.decisions,
        "allocator.backend": { ...denoProxy.decisions["allocator.backend"], value: backend },
      },
    });
    const profiles = new Map([
      ["one", withBackend("tcmalloc")],
      ["two", withBackend("jemalloc")],
      ["three", withBackend("system")],
    ]);
    const image = String(compose(withBackend("jemalloc"), templates, profiles).get("Dockerfile")?.content);
    assert.match(image, /apt-get install --yes --no-install-recommends libjemalloc2 libtcmalloc-minimal4 && /);
  });

  it("refuses a profile that is planned for another server", () => {
    for (const other of [denoProxy, { ...staging, features: [] }]) {
      assert.throws(
        () => compose(reference, templates, new Map([["staging", other]])),
        /staging is planned for another server/,
      );
    }
  });
});

/** Other answers for each question that a profile may answer; the target is what the tests above vary. */
const otherAnswers: Readonly<Partial<AnswerValues>>[] = [
  { workload: "realtime" },
  { workload: "upload" },
  { objective: "latency" },
  { objective: "memory" },
  { connections: 100 },
  { allocator: "jemalloc" },
  { allocator: "system" },
  { cpus: 1 },
  { memory: 2 * 1024 ** 3 },
  { arch: "arm64" },
];

describe("profileAnswerKeys", () => {
  it("has only questions whose answers decide no source: the same project with another answer has the same files", async () => {
    const plan = await planOfCase("deno-proxy");
    const sources = (one: Plan): unknown =>
      [...compose(one, templates)].filter(
        ([path]) => !/^(README\.md|Dockerfile|fastserve\.(json|tuned\.toml)|deploy\/.*)$/.test(path),
      );
    const expected = sources(plan);
    const tried = new Set(["target"]);
    for (const answers of otherAnswers) {
      for (const key of Object.keys(answers)) tried.add(key);
      const wish = wishFor("hetzner-cx43", answers);
      assert.deepEqual(sources(planned(plan, wish)), expected, JSON.stringify(answers));
    }
    assert.deepEqual([...tried].sort(), [...profileAnswerKeys].sort());
  });
});

describe("fastserve.json with profiles", () => {
  const profiles = new Map([
    ["staging", staging],
    ["production", production],
  ]);
  const text = emitProjectFile(reference, profiles);
  const project = parseProjectFile(text, "fastserve.json");

  it("comes back as it was written: names sorted, own answers only, and the same plans", () => {
    assert.deepEqual(profileNames(project), ["production", "staging"]);
    assert.deepEqual(Object.keys(JSON.parse(text).profiles), ["production", "staging"]);
    const wish = profileNamed(project, "staging");
    assert.deepEqual(wish?.answers, { target: "aws-t4g-small", objective: "memory" });
    assert.equal(wish.target, "aws-t4g-small");
    for (const [name, plan] of profiles) {
      const again = profileNamed(project, name);
      assert.ok(again);
      assert.deepEqual(
        emitTunedToml(planned({ ...reference, answers: answersOf(project) }, again)),
        emitTunedToml(plan),
      );
    }
    const reread = new Map(
      profileNames(project).map((name) => [
        name,
        planned({ ...reference, answers: answersOf(project) }, profileNamed(project, name) as ProfileWish),
      ]),
    );
    assert.equal(emitProjectFile(reference, reread), text);
  });

  it("has no word about profiles while there are none", async () => {
    for (const name of caseNames)
      assert.equal("profiles" in JSON.parse(emitProjectFile(await planOfCase(name))), false);
  });

  it("gives a profile the project's answers, without those about the project's target", () => {
    const told = {
      ...reference.answers,
      cpus: { value: 8, origin: "flag" },
      connections: { value: 700, origin: "flag" },
    } as const;
    const answers = profileAnswers(
      { ...told, objective: { value: "latency", origin: "file" } },
      wishFor("aws-t4g-small"),
    );
    assert.deepEqual(answers.cpus, { value: undefined, origin: "default" });
    assert.deepEqual(answers.connections, { value: 700, origin: "project" });
    assert.deepEqual(answers.objective, { value: "latency", origin: "project" });
    assert.deepEqual(answers.target, { value: "aws-t4g-small", origin: "file" });
    assert.equal(answers.tls.origin, reference.answers.tls.origin === "default" ? "default" : "project");
  });

  it("tells an inherited answer from the same answer given by the profile itself, when the project's changes", () => {
    const same = planned(reference, wishFor("aws-t4g-small", { objective: "balanced" }));
    const kept = parseProjectFile(emitProjectFile(reference, new Map([["staging", same]])), "x");
    const wish = profileNamed(kept, "staging") as ProfileWish;
    const moved = { ...kept, answers: { ...kept.answers, objective: "latency", workload: "mixed" } } as const;
    const answers = answersOfProfile(moved, wish);
    assert.deepEqual([answers.objective.value, answers.workload.value], ["balanced", "mixed"]);
  });

  it("reads what people write: sizes with a unit", () => {
    const written = JSON.parse(text);
    written.profiles.staging.answers.memory = "512m";
    const wish = profileNamed(parseProjectFile(JSON.stringify(written), "x"), "staging");
    assert.equal(wish?.answers.memory, 536_870_912);
  });

  it("takes the target of a profile that was written by hand for its answer", () => {
    for (const answers of [undefined, {}, { objective: "memory" }]) {
      const written = JSON.parse(text);
      written.profiles.staging.answers = answers;
      const wish = profileNamed(parseProjectFile(JSON.stringify(written), "x"), "staging");
      assert.deepEqual(wish?.answers, { target: "aws-t4g-small", ...answers });
    }
  });

  it("finds no profile of an inherited name", () => {
    assert.equal(profileNamed(project, "constructor"), undefined);
    assert.equal(profileNamed(parseProjectFile(emitProjectFile(reference), "x"), "staging"), undefined);
  });
});
