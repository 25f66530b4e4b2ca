/** Figures of a server that the tests say, with what they leave unsaid at rest. */
import { checkBudget } from "../../../src/control/budget-check.ts";
import type { MemoryFigures } from "../../../src/control/memory-figures.ts";
import { FILL_STEPS, type UseReading } from "../../../src/memory/memory-books.ts";
import { configWith } from "../reference-config.ts";

export const MIB = 1024 ** 2;

export const atRest: UseReading = { heldBytes: 0, usedBytes: 0, highBytes: 0, taken: 0, missed: 0 };

export function memoryFigures(changes: Partial<MemoryFigures> = {}): MemoryFigures {
  return {
    rssBytes: 200 * MIB,
    rssPeakBytes: 250 * MIB,
    heldBytes: 160 * MIB,
    limitBytes: 1024 * MIB,
    rssHighBytes: 819 * MIB,
    headroomBytes: 256 * MIB,
    threads: [
      { name: "0", heapUsedBytes: 10 * MIB, heapLimitBytes: 128 * MIB, externalBytes: 2 * MIB },
      { name: "2", heapUsedBytes: 12 * MIB, heapLimitBytes: 0, externalBytes: 3 * MIB },
      { name: "main", heapUsedBytes: 5 * MIB, heapLimitBytes: 0, externalBytes: MIB },
    ],
    collections: [],
    uses: { request_arena: atRest, log: atRest, body: atRest, encode: atRest, file: atRest, frame: atRest },
    fill: new Float64Array(FILL_STEPS),
    allocatedBytes: undefined,
    requests: 0,
    zonesBytes: 4096,
    bodiesBytes: 0,
    sockets: 0,
    connections: undefined,
    features: {},
    budget: checkBudget(configWith(""), { memoryBytes: 1024 * MIB }, "bun"),
    growthBytesPerSecond: undefined,
    ...changes,
  };
}
