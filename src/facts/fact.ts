/** How evidence becomes a fact: the first piece that makes sense is taken, and a guess is marked as one. */
import type { Fact } from "./hardware-facts.ts";

/** A value that was looked for and where; undefined: absent, unreadable or nonsense. */
export interface Evidence<T> {
  readonly value: T | undefined;
  readonly source: string;
}

export function detected<T>(value: T, source: string): Fact<T> {
  return { value, origin: "detected", source };
}

export function assumed<T>(value: T, why: string): Fact<T> {
  return { value, origin: "assumed", source: why };
}

/** The first evidence with a value, strongest first; else the fallback, which is a guess and says so. */
export function firstEvidence<T>(evidence: readonly Evidence<T>[], fallback: Fact<T>): Fact<T> {
  for (const { value, source } of evidence) {
    if (value !== undefined) return detected(value, source);
  }
  return fallback;
}

/** The least of the values that exist; on a tie the earlier one, so that the source stays the same from run to run. */
export function tightest(evidence: readonly Evidence<number>[]): { value: number; source: string } | undefined {
  let least: { value: number; source: string } | undefined;
  for (const { value, source } of evidence) {
    if (value !== undefined && (least === undefined || value < least.value)) least = { value, source };
  }
  return least;
}
