/**
 * A worker's memory in numbers, in shared memory: what its engine says of its heap, and the books of what it owns.
 * Written by the worker at each beat; read by the watchdog, the metrics and the memory report.
 */
import { booksLength } from "../memory/memory-books.ts";

export const memoryNames = [
  /** JavaScript heap of this thread. */
  "heapUsedBytes",
  /** What the heap may grow to: the engine's limit, or the plan's share where the engine has none. 0: unknown. */
  "heapLimitBytes",
  /** Buffers and other memory that JavaScript objects keep alive outside the heap. */
  "externalBytes",
  /** Bytes allocated on the heap since the thread began. */
  "allocatedBytes",
  /** Collections since the thread began, their time, and the longest one. */
  "collections",
  "collectionUsSum",
  "collectionUsMax",
  /** When this thread began, in ms since the epoch: allocatedBytes and collections count from there. */
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
