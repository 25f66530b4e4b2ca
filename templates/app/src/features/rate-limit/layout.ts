/**
 * The feature's shared memory: the hash's key and the clock, then a table for the server's limit and one for the routes'.
 *
 * Two tables, so that clients of a route whose budget comes back slowly (a login) cannot fill the one that all
 * requests need.
 */
import type { ServerConfig } from "../../config/schema.ts";
import { workerRows } from "../../zones/shape.ts";
import { cellCount, tableWords } from "./cell-table.ts";

export interface Layout {
  /** Two words. */
  readonly key: Int32Array;
  readonly clock: Float64Array;
  readonly clients: Int32Array;
  readonly routes: Int32Array;
  /** Requests in flight per cell of `clients`; empty without such a limit. */
  readonly counts: Int32Array;
  /** Each worker's list of the counts that it holds. */
  held(worker: number): Int32Array;
}

const HEAD_BYTES = 64;

export function zoneBytes(config: ServerConfig): number {
  return HEAD_BYTES + 4 * (2 * tableWords(config.rate_limit.clients_max) + countLength(config) + heldLength(config));
}

export function layoutOf(zone: SharedArrayBuffer, config: ServerConfig): Layout {
  const words = tableWords(config.rate_limit.clients_max);
  const counts = countLength(config);
  const at = (index: number) => HEAD_BYTES + 4 * index;
  const perWorker = heldLength(config) / workerRows(config);
  return {
    key: new Int32Array(zone, 0, 2),
    clock: new Float64Array(zone, 8, 1),
    clients: new Int32Array(zone, HEAD_BYTES, words),
    routes: new Int32Array(zone, at(words), words),
    counts: new Int32Array(zone, at(2 * words), counts),
    held: (worker) => new Int32Array(zone, at(2 * words + counts + worker * perWorker), perWorker),
  };
}

function countLength({ rate_limit }: ServerConfig): number {
  return rate_limit.in_flight_per_client_max > 0 ? cellCount(rate_limit.clients_max) : 0;
}

function heldLength(config: ServerConfig): number {
  const { rate_limit, limits } = config;
  return rate_limit.in_flight_per_client_max > 0 ? limits.in_flight_max * workerRows(config) : 0;
}
