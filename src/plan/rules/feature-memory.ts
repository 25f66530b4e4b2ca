/**
 * What features hold in memory: each part has a share of the spare memory and a size above which more is of no use.
 * The parts are settings of their features; together they are the budget's row for features.
 */
import { KiB, MiB } from "../../lib/units.ts";
import { featureOfShare, threadBytesWanted } from "../budget.ts";
import { inFlightPerWorker } from "../capacity.ts";
import type { Read } from "../rule.ts";
import { connectionReads, divisionOf, divisionReads } from "./division.ts";
import { cpuReads, readThreadShape, readWorkersByCpu } from "./shape-reads.ts";

/** More responses than this are a job for a cache of its own. */
export const CACHE_BYTES_MAX = MiB(1024);

/** Small files of one worker. Beyond it the page cache, which all workers share, serves as well. */
export const FILES_BYTES_MAX = MiB(64);
/** Of the files' share, what the table of names takes; the contents get the rest. */
export const FILE_NAMES_SHARE = 1 / 4;
/** A known file: 190 bytes for a path of 40 characters, and as much again while a reload builds the next table. */
export const KNOWN_FILE_BYTES = 512;
/** A folder of more files is an archive, of which few are asked for. */
export const KNOWN_FILES_MAX = 100_000;

/** A client's cells in the table of the server's limit and of the routes' limits, and its requests in flight. */
export const CLIENT_BYTES = 40;
/** IPv6 clients count by /64: a million of them at a time are an attack, which shares what is left. */
export const CLIENTS_MAX = 1_048_576;
/** Arrival times that clients without a cell share, and the clock. */
const CLIENT_TABLES_BYTES = KiB(48);
/** A worker's note of a request that it has in flight, to be given back when it dies. */
const PLACE_BYTES = 4;
/** Heap that one request in progress is given at least; see limits.in_flight_max. */
const REQUEST_HEAP_BYTES = KiB(64);

export const partReads = [...new Set([...divisionReads, ...connectionReads])];
export const filesReads = [...new Set([...partReads, ...cpuReads])];
export const clientsReads = [...new Set([...filesReads, "memory.heaps_bytes" as const])];
export const featureMemoryReads = [
  ...new Set([...clientsReads, ...Object.values(featureOfShare).map((feature) => `features.${feature}` as const)]),
];

/** What the rate limit keeps beside its clients: notes of all requests in flight in every worker's row and the spare one. */
function clientsFixedBytes(read: Read<(typeof clientsReads)[number]>): number {
  const heaps = read("memory.heaps_bytes");
  const rows = Math.min(readWorkersByCpu(read), Math.max(1, heaps / threadBytesWanted(readThreadShape(read)))) + 1;
  const inFlight = Math.min(
    readWorkersByCpu(read) * inFlightPerWorker[read("answers.objective")],
    heaps / REQUEST_HEAP_BYTES,
  );
  return Math.ceil(CLIENT_TABLES_BYTES + rows * inFlight * PLACE_BYTES);
}

/** Bytes for the clients themselves. */
export function readClientsBytes(read: Read<(typeof clientsReads)[number]>): number {
  return divisionOf(read).clients - clientsFixedBytes(read);
}

/** Bytes of each part whose feature is chosen, within its bound; 0 for the others. */
export function readFeatureParts(
  read: Read<(typeof featureMemoryReads)[number]>,
): Readonly<Record<keyof typeof featureOfShare, number>> {
  const most = {
    cache: () => CACHE_BYTES_MAX,
    // As many workers as the CPUs permit: memory that adds a worker must not shrink what each one holds.
    files: () => readWorkersByCpu(read) * FILES_BYTES_MAX + KNOWN_FILES_MAX * KNOWN_FILE_BYTES,
    clients: () => clientsFixedBytes(read) + CLIENTS_MAX * CLIENT_BYTES,
  };
  const shares = divisionOf(read);
  const bytesOf = (part: keyof typeof featureOfShare) =>
    read(`features.${featureOfShare[part]}`) ? Math.min(shares[part], most[part]()) : 0;
  return { cache: bytesOf("cache"), files: bytesOf("files"), clients: bytesOf("clients") };
}
