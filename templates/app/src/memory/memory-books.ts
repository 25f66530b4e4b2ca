/**
 * The books of one worker's owned memory: what each use holds, so that nothing is kept that no gauge shows.
 *
 * Idea: arenas and pools count for themselves, which costs an addition; at each beat the books copy those numbers into the
 * worker's row of shared memory, where the control plane finds them without asking.
 * Bound: the uses are a fixed list, so rows and labels are too.
 */

/** Who holds memory. A label of the metrics. */
export const memoryUses = ["request_arena", "log", "body", "encode", "file", "frame"] as const;
export type MemoryUse = (typeof memoryUses)[number];

export interface UseReading {
  /** Memory that the use holds on to, in use or not. */
  readonly heldBytes: number;
  /** What of it is in use now. */
  readonly usedBytes: number;
  /** The most that was in use at once. */
  readonly highBytes: number;
  /** Since the worker began: how often memory was taken, and how often it had to come from elsewhere (a spill, a miss). */
  readonly taken: number;
  readonly missed: number;
}

/** Numbers of one use in the row, in this order. */
const fields = ["heldBytes", "usedBytes", "highBytes", "taken", "missed"] as const satisfies (keyof UseReading)[];

/** How full arenas were when they were reset: shares of 5 %, the last one for those that spilled. */
export const FILL_STEPS = 21;

/** Numbers of the books in a worker's memory row. */
export const booksLength: number = memoryUses.length * fields.length + FILL_STEPS;

/** Places in the books of what only rises: `taken`, `missed` and the fill counts. */
export const bookTotals: readonly number[] = [
  ...memoryUses.flatMap((_, use) =>
    (["taken", "missed"] as const).map((field) => use * fields.length + fields.indexOf(field)),
  ),
  ...Array.from({ length: FILL_STEPS }, (_, step) => memoryUses.length * fields.length + step),
];

export class MemoryBooks {
  readonly #sources = new Map<MemoryUse, (() => UseReading)[]>();
  /** Counts of arenas by their fill at reset. */
  readonly fill: Float64Array = new Float64Array(FILL_STEPS);

  /** Adds a holder of this use's memory; several add up. */
  open(use: MemoryUse, read: () => UseReading): void {
    const sources = this.#sources.get(use) ?? [];
    sources.push(read);
    this.#sources.set(use, sources);
  }

  /** Writes all books to `row` from `start` on. */
  publish(row: Float64Array, start: number): void {
    memoryUses.forEach((use, index) => {
      const readings = (this.#sources.get(use) ?? []).map((read) => read());
      fields.forEach((field, place) => {
        row[start + index * fields.length + place] = readings.reduce((sum, reading) => sum + reading[field], 0);
      });
    });
    row.set(this.fill, start + memoryUses.length * fields.length);
  }
}

/** One use's numbers in a row that `publish` wrote. */
export function readUse(row: Float64Array, start: number, use: MemoryUse): UseReading {
  const at = start + memoryUses.indexOf(use) * fields.length;
  const [heldBytes = 0, usedBytes = 0, highBytes = 0, taken = 0, missed = 0] = row.subarray(at, at + fields.length);
  return { heldBytes, usedBytes, highBytes, taken, missed };
}

/** The fill counts in a row that `publish` wrote. */
export function readFill(row: Float64Array, start: number): Float64Array {
  const at = start + memoryUses.length * fields.length;
  return row.subarray(at, at + FILL_STEPS);
}
