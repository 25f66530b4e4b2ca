/**
 * Request ids: a random prefix of the process's worker, then a number that counts up. Unique without asking for
 * randomness per request, which would cost more than the rest of the id.
 */

/** @returns makes ids such as "k3v9x2q0-1-2s": prefix, worker, number in base 36 */
export function requestIds(worker: number): () => string {
  const random = new Uint32Array(2);
  crypto.getRandomValues(random);
  const prefix = `${[...random].map((part) => part.toString(36).padStart(7, "0")).join("")}-${worker}-`;
  let number = 0;
  return () => {
    number += 1;
    return prefix + number.toString(36);
  };
}
