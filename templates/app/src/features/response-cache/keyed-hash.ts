/**
 * HalfSipHash-2-4 with 64 bits of output: a keyed hash made of 32-bit operations, which JavaScript has.
 *
 * Idea: clients choose the URLs, so with a known hash they could choose keys that all fall into one bucket and push each
 * other out; the key is drawn anew at each start. Keys are compared in full besides: a collision costs a miss, nothing else.
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its reference implementation's halfsiphash.c.
 */
export class KeyedHash {
  readonly #key0: number;
  readonly #key1: number;
  /** Of the last input. */
  low = 0;
  high = 0;

  constructor(key0: number, key1: number) {
    this.#key0 = key0;
    this.#key1 = key1;
  }

  /** Leaves the hash of the first `bytes` bytes in `low` and `high`. The rest of the last word must be zero. */
  update(words: Int32Array, bytes: number): void {
    let v0 = this.#key0;
    let v1 = this.#key1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.#key0;
    let v3 = 0x74656462 ^ this.#key1;
    const whole = bytes >>> 2;
    const last = (bytes << 24) | ((bytes & 3) === 0 ? 0 : (words[whole] as number));
    // The last block, then two finishes of four rounds each: all rounds stand in this one loop to stay inlined.
    for (let at = 0; at <= whole; at += 1) {
      const word = at === whole ? last : (words[at] as number);
      v3 ^= word;
      for (let round = 0; round < 2; round += 1) {
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
      }
      v0 ^= word;
    }
    v2 ^= 0xee;
    for (let round = 0; round < 8; round += 1) {
      if (round === 4) {
        this.low = v1 ^ v3;
        v1 ^= 0xdd;
      }
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
    }
    this.high = v1 ^ v3;
  }
}
