/**
 * What a peer is asked to do, and how it says that it listens. The bench gives the order in the environment:
 * at the level "bare" nothing but the routes, at the level "equal" the headers that this project's own server was seen to
 * send, and each request counted and timed.
 */
import process from "node:process";

/**
 * @typedef {object} Order
 * @property {boolean} equal whether requests are counted and timed
 * @property {[name: string, value: string][]} headers fixed ones of every response, names in lower case
 * @property {string} requestIdHeader "": there is none
 * @property {boolean} constantHasId whether GET /constant has the request's id too
 */

/** @type {Order} */
export const order = JSON.parse(process.env.BENCH_PEER ?? '{"equal":false,"headers":[],"requestIdHeader":""}');

export const HOSTNAME = "127.0.0.1";
export const CONSTANT = "Hello, World!";
/** Made anew for each request: a handler's value, not a prepared text. */
export const message = () => ({ message: "Hello, World!" });

/** The line that the bench waits for. */
export function announce(port) {
  process.stdout.write(`${JSON.stringify({ pid: process.pid, port })}\n`);
}

/** What a per-request counter and timer are at least: two numbers. */
export const totals = { requests: 0, milliseconds: 0 };

export function count(startMs) {
  totals.requests += 1;
  totals.milliseconds += performance.now() - startMs;
}
