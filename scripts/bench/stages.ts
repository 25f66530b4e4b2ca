/**
 * What each stage of the generator costs inside a process that has done it before: answers, plan, files in memory, files
 * on disk. Stages take turns; the first rounds, in which the engine compiles them, are left out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolve } from "../../src/answers/resolve.ts";
import { nodeFileSystem } from "../../src/io/node.ts";
import { compose } from "../../src/tree/compose.ts";
import { createProject } from "../../src/write/create-project.ts";
import { type Figure, figureOf } from "../../templates/app/bench/method/statistics.ts";
import { factsOfCase, planFor, REFERENCE, templates } from "../../test/tree/golden-cases.ts";

export interface StageFigure {
  readonly name: string;
  readonly ms: Figure;
}

/** A stage in memory takes milliseconds, one on disk hundreds of them: it runs once for so many of the others. */
const TIMES_IN_MEMORY = 4;

export function measureStages(rounds: number): readonly StageFigure[] {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-stages-"));
  try {
    const inputs = { packageManager: "npm", currentDirectoryName: "server" } as const;
    const facts = factsOfCase(REFERENCE);
    const { answers } = resolve([], inputs);
    const plan = planFor(answers, facts);
    const tree = compose(plan, templates);
    let written = 0;
    const inMemory: Readonly<Record<string, () => unknown>> = {
      "answers: all questions at their defaults": () => resolve([], inputs),
      "plan: every rule solved": () => planFor(answers, facts),
      "compose: the project in memory": () => compose(plan, templates),
    };
    const onDisk: typeof inMemory = {
      "write: the project on disk, flushed": () => {
        written += 1;
        createProject(nodeFileSystem, tree, join(folder, String(written)), { generatorVersion: "0.0.0" });
      },
    };
    const stages = { ...inMemory, ...onDisk };
    const times = new Map(Object.keys(stages).map((name) => [name, [] as number[]]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, run] of Object.entries(stages)) {
        for (let count = 0; count < (name in inMemory ? TIMES_IN_MEMORY : 1); count += 1) {
          const startedMs = performance.now();
          run();
          const ms = performance.now() - startedMs;
          // The first round compiles, and brings the template files into memory.
          if (round > 0) times.get(name)?.push(ms);
        }
      }
    }
    return [...times].map(([name, values]) => ({ name, ms: figureOf(values) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
