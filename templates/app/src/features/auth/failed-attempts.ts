/**
 * Failed attempts of each client, counted for all workers in shared memory.
 *
 * Idea: one cell a slot, and a client's slot is a keyed hash of its address (for IPv6 its first 64 bits). Clients that
 * share a slot share its limit: rare with this many, and nobody can choose whose slot to share. A cell holds the window's
 * number and the count, so that an old one needs no clearing.
 */
import { createHmac } from "node:crypto";
import { isIpv4 } from "../../http/cidr.ts";
import { parseAddress, withoutZone } from "../../http/ip-address.ts";

/** 64 KiB. With 100 clients that fail in one window, 1 in 164 others shares a slot with one of them. */
const SLOTS = 16_384;
/** The count's bits; the schema bounds auth.failures_max by them. */
const COUNT_BITS = 12;
const COUNT_MAX = 2 ** COUNT_BITS - 1;
const WINDOW_MASK = 2 ** (32 - COUNT_BITS) - 1;

export const failedAttemptsBytes: number = SLOTS * Int32Array.BYTES_PER_ELEMENT;

export interface FailedAttemptsOptions {
  readonly zone: SharedArrayBuffer;
  /** The same for all workers. */
  readonly key: Uint8Array;
  readonly max: number;
  readonly windowMs: number;
}

export class FailedAttempts {
  readonly #options: FailedAttemptsOptions;
  readonly #cells: Int32Array;

  constructor(options: FailedAttemptsOptions) {
    this.#options = options;
    this.#cells = new Int32Array(options.zone);
  }

  /** Milliseconds until the client may try again; 0: now. */
  waitMs(client: string, nowMs: number): number {
    const { max, windowMs } = this.#options;
    const cell = Atomics.load(this.#cells, this.#slotOf(client)) >>> 0;
    if (cell >>> COUNT_BITS !== this.#window(nowMs) || (cell & COUNT_MAX) < max) return 0;
    return windowMs - (nowMs % windowMs);
  }

  add(client: string, nowMs: number): void {
    const slot = this.#slotOf(client);
    const window = this.#window(nowMs);
    for (;;) {
      const seen = Atomics.load(this.#cells, slot);
      const isCurrent = (seen >>> 0) >>> COUNT_BITS === window;
      const count = isCurrent ? Math.min((seen & COUNT_MAX) + 1, COUNT_MAX) : 1;
      if (Atomics.compareExchange(this.#cells, slot, seen, (window << COUNT_BITS) | count) === seen) return;
    }
  }

  #window(nowMs: number): number {
    return Math.floor(nowMs / this.#options.windowMs) & WINDOW_MASK;
  }

  #slotOf(client: string): number {
    return createHmac("sha256", this.#options.key).update(networkOf(client)).digest().readUInt32BE() % SLOTS;
  }
}

/** One customer has at least a /64 (RFC 6177, section 2), and may send each request from another address of it. */
function networkOf(client: string): Uint8Array {
  const words = new Int32Array(4);
  if (!parseAddress(client, words) && !parseAddress(withoutZone(client), words)) return new Uint8Array(0);
  const bytes = new Uint8Array(words.buffer);
  return isIpv4(words) ? bytes : bytes.subarray(0, 8);
}
