/** The memory that workers use again and again: what is planned, against what the server really holds and what was measured. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { printMemoryUses } from "../../scripts/memory-uses.ts";
import { featureNames, objectives } from "../../src/answers/choices.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import { SCRATCH_MAX } from "../../src/plan/capacity.ts";
import { memoryUseWorth } from "../../src/plan/memory-uses.ts";
import { say } from "../../src/plan/reasons.ts";
import { solve } from "../../src/plan/solve.ts";
import { memoryUses, readUse } from "../../templates/app/src/memory/memory-books.ts";
import { createWorkerMemory } from "../../templates/app/src/memory/worker-memory.ts";
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import { CHUNK_BYTES } from "../../templates/app/src/runtime/file-reader.ts";
import { booksAt, memoryRowLength } from "../../templates/app/src/zones/memory-row.ts";
import { config } from "./any-target.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

describe("memory.scratch_bytes", () => {
  const targets = [
    { runtime: "bun", memoryBytes: MiB(64), cpus: 1 },
    { runtime: "bun", memoryBytes: MiB(512), cpus: 4 },
    { runtime: "deno", memoryBytes: MiB(256), cpus: 0.5 },
    { runtime: "deno", memoryBytes: GiB(16), cpus: 4 },
  ] as const;
  for (const { runtime, memoryBytes, cpus } of targets) {
    for (const objective of objectives) {
      it(`covers what workers hold: ${runtime}, ${objective}, ${memoryBytes / MiB(1)} MiB, ${cpus} CPUs`, () => {
        const features = featureNames.filter((name) => name !== "tasks" && name !== "auth");
        const plan = solve(
          answersWith({ runtime, objective, features }),
          factsWith({ memoryBytes, cpus }),
          solveContext,
        );
        const parsed = config(plan);
        // Every switch on: a user may turn on what did not win.
        const memory = { ...parsed.memory, encode_scratch: true, file_pool: true };
        const held = heldBytes(memory) * parsed.workers.count;
        assert.ok(held > 0 && held <= memory.scratch_bytes, `${held} of ${memory.scratch_bytes}`);
      });
    }
  }

  it("counts file buffers in the size that the server reads them in", () =>
    assert.equal(SCRATCH_MAX.fileChunkBytes, CHUNK_BYTES));
});

/** What one worker's books say when every arena and buffer has been in use and is kept. */
function heldBytes(memory: ReturnType<typeof config>["memory"]): number {
  const worker = createWorkerMemory({ memory });
  const arenas = Array.from({ length: memory.arenas_max }, () => worker.arenas.take());
  for (const arena of arenas) worker.arenas.give(arena);
  const pool = worker.pool("file", {
    max: memory.file_chunks_max,
    bytesEach: CHUNK_BYTES,
    make: () => new Uint8Array(CHUNK_BYTES),
  });
  const chunks = Array.from({ length: memory.file_chunks_max }, () => pool.take());
  for (const chunk of chunks) pool.give(chunk);
  const row = new Float64Array(memoryRowLength);
  worker.books.publish(row, booksAt);
  return memoryUses.reduce((sum, use) => sum + readUse(row, booksAt, use).heldBytes, 0);
}

describe("memory-uses.ts", () => {
  it("holds the verdicts of docs/measurements/memory-uses.json; npm run docs:update writes them", () => {
    const text = readFileSync(new URL("../../src/plan/memory-uses.ts", import.meta.url), "utf8");
    assert.equal(text, printMemoryUses());
  });
});

describe("the rules of the uses", () => {
  const adapters: Readonly<Record<AdapterName, Parameters<typeof answersWith>[0]>> = {
    bun: { runtime: "bun" },
    "deno-serve": { runtime: "deno", exposure: "proxy" },
    "deno-http": { runtime: "deno", exposure: "direct" },
  };
  for (const [adapter, answers] of Object.entries(adapters)) {
    it(`switch on for ${adapter} exactly what won there, and say the figure`, () => {
      const { decisions } = solve(answersWith(answers), factsWith(), solveContext);
      for (const [key, worth] of Object.entries(memoryUseWorth)) {
        const found = worth[adapter as AdapterName];
        const decision = decisions[key as keyof typeof memoryUseWorth];
        assert.equal(decision.value, "wins" in found && found.wins, key);
        const ratio = "ratio" in found ? String(Math.round(found.ratio * 100) / 100) : found.missing;
        assert.ok(say(decision.reason).includes(ratio), say(decision.reason));
      }
    });
  }
});

describe("arenas", () => {
  it("grow with memory and never become larger than a worker's requests in flight need", () => {
    const at = (memoryBytes: number) =>
      solve(answersWith(), factsWith({ memoryBytes, cpus: 1 }), solveContext).decisions["memory.arenas_max"].value;
    assert.deepEqual(
      [at(MiB(64)), at(GiB(1)), at(GiB(64))].map(Number).map((count) => count > 0),
      [true, true, true],
    );
    assert.equal(at(GiB(64)), 1024);
    assert.ok(Number(at(MiB(64))) * KiB(8) < MiB(1));
  });
});
