/**
 * Random runs of retune over a project and its profiles, on a real folder: after each one the files are those of the
 * wish, whatever came before, and another run finds nothing to do. The project is created once and copied for each
 * sequence, in memory where the system has a folder for that: a write flushes each of hundreds of files to its disk.
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import type { Given } from "../../src/answers/given.ts";
import type { QuestionKey } from "../../src/answers/questions.ts";
import { resolve } from "../../src/answers/resolve.ts";
import { generatorVersion } from "../../src/cli/package-root.ts";
import { makePlan, makeTree } from "../../src/cli/planner.ts";
import type { ProfileRequest } from "../../src/cli/project/profile-request.ts";
import { openProject } from "../../src/cli/project/project.ts";
import { type Proposal, propose } from "../../src/cli/project/proposal.ts";
import { openTargets } from "../../src/cli/target.ts";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import { createProject } from "../../src/write/create-project.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { loadConfig } from "../../templates/app/src/config/load.ts";
import { memoryFolder } from "../support/sample-project.ts";

type Flags = Partial<Record<QuestionKey, string>>;

interface Step {
  readonly request: ProfileRequest;
  readonly flags: Flags;
}

function given(flags: Flags): readonly Given[] {
  return Object.entries(flags).map(([key, raw]) => ({
    key: key as QuestionKey,
    raw,
    origin: "flag",
    where: `--${key}`,
  }));
}

const first: Flags = {
  name: "app",
  runtime: "deno",
  workload: "api",
  exposure: "proxy",
  target: "hetzner-cx43",
  deploy: "docker,systemd",
};

let parent = "";
let created = "";
before(() => {
  parent = mkdtempSync(join(memoryFolder, "fastserve-profiles-"));
  created = join(parent, "created");
  create(created);
});
after(() => rmSync(parent, { recursive: true, force: true }));

/** Calls with a fresh copy of the project in each of the folders, which are removed afterwards. */
function inCopies(names: readonly string[], use: (...directories: readonly string[]) => void): void {
  const directories = names.map((name) => join(parent, name));
  try {
    for (const directory of directories) cpSync(created, directory, { recursive: true });
    use(...directories);
  } finally {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  }
}

function create(directory: string): void {
  const { answers } = resolve(given(first), { packageManager: "npm", currentDirectoryName: "app" });
  const plan = makePlan(answers, openTargets(directory));
  createProject(nodeFileSystem, makeTree(plan), directory, { generatorVersion });
}

function proposed(directory: string, { request, flags }: Step): Proposal {
  return propose(openProject(directory), {
    given: given(flags),
    request,
    cwd: directory,
    restore: [],
    allowDowngrade: false,
  });
}

/** @returns whether it was carried out; a plan that does not fit its target is refused in words */
function take(directory: string, step: Step): boolean {
  try {
    const { changes, tree } = proposed(directory, step);
    assert.deepEqual(
      changes.filter(({ kind }) => kind === "conflict"),
      [],
    );
    updateProject(nodeFileSystem, changes, tree, directory, { generatorVersion });
    return true;
  } catch (error) {
    if (error instanceof AppError && /^(ANSWER_REFUSED|TARGET_TOO_SMALL|PROFILE_UNKNOWN)$/.test(error.code))
      return false;
    throw error;
  }
}

function filesOf(directory: string): ReadonlyMap<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !path.startsWith(".fastserve"));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(directory, path), "utf8")]));
}

/** Paths only: hundreds of files in one message would be read by nobody. */
function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
}

const target = fc.constantFrom("aws-t4g-small", "aws-m7i-large", "gcp-e2-small", "hetzner-cx23", "do-512mb");
const name = fc.constantFrom("a", "b", "c-2");
const profileFlags: fc.Arbitrary<Flags> = fc.record(
  {
    target,
    objective: fc.constantFrom("balanced", "memory", "latency"),
    connections: fc.constantFrom("100", "4000"),
    cpus: fc.constantFrom("0.5", "2"),
    workload: fc.constantFrom("api", "realtime"),
  },
  { requiredKeys: ["target"] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ request: fc.record({ kind: fc.constant("retune" as const), name }), flags: profileFlags }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      request: fc.record({ kind: fc.constant("remove" as const), name }),
      flags: fc.constant({}),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      request: fc.constant({ kind: "main" as const }),
      flags: fc.record(
        {
          target,
          objective: fc.constantFrom("balanced", "latency"),
          features: fc.constantFrom("default", "default,tasks"),
        },
        { requiredKeys: [] },
      ),
    }),
  },
);

function consistent(directory: string): void {
  const wish = JSON.parse(readFileSync(join(directory, "fastserve.json"), "utf8")) as { profiles?: object };
  const names = Object.keys(wish.profiles ?? {});
  const tuned = readdirSync(directory).flatMap((file) => /^fastserve\.tuned\.(.+)\.toml$/.exec(file)?.[1] ?? []);
  assert.deepEqual(tuned.sort(), names);
  for (const profile of ["", ...names]) {
    // The server's own checks: every value within its bounds, and the budget closes.
    const { config } = loadConfig({ directory, environment: { FASTSERVE_PROFILE: profile } });
    assert.ok(config.workers.count >= 1);
  }
  const again = proposed(directory, { request: { kind: "main" }, flags: {} });
  assert.deepEqual(
    again.changes.filter(({ kind }) => kind !== "keep").map(({ path }) => path),
    [],
  );
}

describe("any sequence of retunes of a project and its profiles", () => {
  it("leaves what the wish says, and nothing to do", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
        inCopies(["app"], (directory = "") => {
          for (const one of steps) if (take(directory, one)) consistent(directory);
        });
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 2) },
    );
  });

  it("gives the same files whichever of two profiles comes first", () => {
    fc.assert(
      fc.property(profileFlags, profileFlags, (one, other) => {
        const steps: readonly Step[] = [
          { request: { kind: "retune", name: "a" }, flags: one },
          { request: { kind: "retune", name: "b" }, flags: other },
        ];
        inCopies(["x", "y"], (x = "", y = "") => {
          for (const each of steps) take(x, each);
          for (const each of steps.toReversed()) take(y, each);
          assert.deepEqual(differing(filesOf(x), filesOf(y)), []);
        });
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 2) },
    );
  });
});
