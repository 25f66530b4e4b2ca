/**
 * How long the fuzz tests run, and from where: short by default and from a new seed each time, which a failure prints.
 * FUZZ_RUNS makes them longer; FUZZ_SEED and FUZZ_PATH, as a failure names them, replay one case.
 */
import process from "node:process";

interface FuzzOptions {
  readonly numRuns: number;
  readonly seed: number;
  readonly path?: string;
  /** Ends with the first counterexample when replaying, without shrinking it again. */
  readonly endOnFailure: boolean;
}

/** Far above what a run takes; it only ends tests that would hang. */
const RUN_MS_MAX = 1000;

/** For a test's `timeout`: as much as its runs may take. */
export function fuzzTimeoutMs(runs: number): number {
  return 20_000 + fuzzOptions(runs).numRuns * RUN_MS_MAX;
}

/** fast-check's seeds are 32-bit numbers. */
const SEED_BITS = 0x7fffffff;

export function fuzzOptions(runs: number): FuzzOptions {
  const { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH } = process.env;
  return {
    numRuns: FUZZ_RUNS === undefined ? runs : wholeNumber("FUZZ_RUNS", FUZZ_RUNS),
    seed: FUZZ_SEED === undefined ? Date.now() & SEED_BITS : wholeNumber("FUZZ_SEED", FUZZ_SEED),
    ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }),
    endOnFailure: FUZZ_PATH !== undefined,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new TypeError(`${name}=${text} is no whole number`);
  return Number(text);
}
