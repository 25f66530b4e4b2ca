/**
 * Counters: one row of numbers per worker in shared memory.
 *
 * Idea: each worker writes only its own row, so a plain `+=` needs no atomic operation (under 1 ns against 2-10 ns),
 * and the control plane sums the rows when somebody scrapes. A replaced worker goes on in its predecessor's row, so
 * totals never fall. A number is a double: exact up to 2^53, which is 285 years at a million a second.
 */
export const counterNames = [
  "requests",
  "responses2xx",
  "responses3xx",
  "responses4xx",
  "responses5xx",
  "refusedInFlight",
  "refusedBodies",
  "handlerErrors",
  "handlerTimeouts",
  "bodyBytesRead",
  "bodiesIncomplete",
  "bodiesTooLarge",
  "connectionsOpened",
  "connectionsClosed",
  "connectionsRefused",
  "connectionBytesIn",
  "connectionBytesOut",
  "requestTimeouts",
  "requestsMalformed",
  "clientsGone",
  "socketsOpened",
  "socketsClosed",
  "socketsRefused",
  "socketMessagesIn",
  "socketMessagesOut",
  "socketMessagesDropped",
  "socketBytesIn",
  "socketBytesOut",
  "logLinesDropped",
  "durationUsSum",
] as const;

export type CounterName = (typeof counterNames)[number];

/** Index of each counter in a row. */
export const counter = Object.fromEntries(counterNames.map((name, index) => [name, index])) as Readonly<
  Record<CounterName, number>
>;

/** Numbers per row: filled up to whole 64-byte cache lines, so that no two workers write the same line. */
export const counterRowLength = Math.ceil(counterNames.length / 8) * 8;

/** Adds to one counter of this worker's own row. */
export function add(row: Float64Array, index: number, amount: number): void {
  row[index] = (row[index] as number) + amount;
}
