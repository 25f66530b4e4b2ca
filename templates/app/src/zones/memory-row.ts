/**
 * A worker's memory in numbers, in shared memory: what its engine says of its heap, and the books of what it owns.
 * Written by the worker at each beat; read by the watchdog, the metrics and the memory report.
 *
 * Totals never fall: a thread that comes into a row goes on from those of the threads before it. Everything else is about
 * the thread that has the row now, and 0 when none has.
 */
import { booksLength, bookTotals } from "../memory/memory-books.ts";

export const memoryNames = [
  /** JavaScript heap of this thread. */
  "heapUsedBytes",
  /** What the heap may grow to: the engine's limit, or the plan's share where the engine has none. 0: unknown. */
  "heapLimitBytes",
  /** Buffers and other memory that JavaScript objects keep alive outside the heap. */
  "externalBytes",
  /** Total: bytes allocated on the heap. 0 where the runtime does not tell (capability `allocatedBytes`). */
  "allocatedBytes",
  /** Totals: collections and their time, counted when memory.gc_metrics is on. Then this thread's longest one. */
  "collections",
  "collectionUsSum",
  "collectionUsMax",
  /** When this thread began, in ms since the epoch. */
  "startedMs",
] as const;

export type MemoryName = (typeof memoryNames)[number];

export const memoryCell = Object.fromEntries(memoryNames.map((name, index) => [name, index])) as Readonly<
  Record<MemoryName, number>
>;

/** Where the books begin in a row. */
export const booksAt: number = memoryNames.length;

/** Numbers per row: whole 64-byte cache lines, so that no two workers write the same one. */
export const memoryRowLength: number = Math.ceil((memoryNames.length + booksLength) / 8) * 8;

/** The cells of a row that count from the server's start. */
const totals: readonly number[] = [
  memoryCell.allocatedBytes,
  memoryCell.collections,
  memoryCell.collectionUsSum,
  ...bookTotals.map((index) => booksAt + index),
];

/** Adds the totals that the row's earlier threads left. */
export function addTotals(row: Float64Array, earlier: Float64Array): void {
  for (const index of totals) row[index] = (row[index] as number) + (earlier[index] as number);
}

/** The thread that had this row has ended: only its totals stay. */
export function leaveRow(row: Float64Array): void {
  const left = new Float64Array(row.length);
  addTotals(left, row);
  row.set(left);
}
