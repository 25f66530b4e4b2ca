/**
 * Verified credentials, for a while: without it each request of a client that keeps sending its password would cost a whole
 * scrypt. Held are keyed hashes under a key that only this worker has, so that memory gives no password away.
 */
import { createHmac, randomBytes } from "node:crypto";

interface Entry {
  readonly name: string;
  readonly endMs: number;
}

export class Remembered {
  readonly #key = randomBytes(32);
  readonly #max: number;
  readonly #ms: number;
  /** In the order of their ends: all stay equally long. */
  readonly #entries = new Map<string, Entry>();

  constructor(max: number, ms: number) {
    this.#max = max;
    this.#ms = ms;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What stands for this Authorization field. */
  keyOf(authorization: string): string {
    return createHmac("sha256", this.#key).update(authorization).digest("base64");
  }

  /** Whose credentials these are; undefined: not verified, or too long ago. */
  find(key: string, nowMs: number): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (nowMs < entry.endMs) return entry.name;
    this.#entries.delete(key);
    return undefined;
  }

  add(key: string, name: string, nowMs: number): void {
    if (this.#max === 0 || this.#ms === 0) return;
    this.#entries.delete(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#max) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { name, endMs: nowMs + this.#ms });
  }
}
