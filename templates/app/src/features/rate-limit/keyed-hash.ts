/**
 * HalfSipHash-1-3 with a 64-bit result: a keyed hash of 32-bit words, in 32-bit arithmetic.
 *
 * Idea: the key is random and never leaves the process, so nobody can choose addresses that meet in one bucket or pass
 * for another client. It is the function that Linux keys its own hash tables with (Documentation/security/siphash.rst):
 * too short for authentication, made for tables whose results an attacker does not see.
 */
export class KeyedHash {
  readonly #key0: number;
  readonly #key1: number;
  /** The result of the last call. */
  high = 0;
  low = 0;

  constructor(key0: number, key1: number) {
    this.#key0 = key0 | 0;
    this.#key1 = key1 | 0;
  }

  /** Hashes three words into `high` and `low`. */
  digest(first: number, second: number, third: number): void {
    // The start values, the rounds and the length in the last word's top byte are the reference implementation's.
    let v0 = this.#key0;
    let v1 = this.#key1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.#key0;
    let v3 = 0x74656462 ^ this.#key1;
    for (let block = 0; block < 10; block += 1) {
      const word = block === 0 ? first : block === 1 ? second : block === 2 ? third : block === 3 ? LENGTH : 0;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
      if (block === 3) v2 ^= 0xee;
      else if (block === 6) {
        this.high = v1 ^ v3;
        v1 ^= 0xdd;
      }
    }
    this.low = v1 ^ v3;
  }
}

/** Twelve bytes, in the top byte of the last word. */
const LENGTH = 12 << 24;
