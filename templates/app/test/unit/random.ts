/** Reproducible random numbers: the same seed gives the same run on every runtime. xorshift32 (Marsaglia 2003). */
export function randomNumbers(seed: number): (below: number) => number {
  // A state of zero would stay zero.
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
