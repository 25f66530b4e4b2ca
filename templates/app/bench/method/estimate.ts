/**
 * The median of a few runs with its bootstrap interval (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3).
 *
 * Idea: the bootstrap asks which medians would come out if runs were drawn again, with replacement, from the runs there
 * are. For the median all outcomes and their probabilities can be written down (Maritz and Jarrett 1978), so nothing is
 * drawn at random: the same runs always give the same interval. Bound: 100 runs, some 5,000 outcomes.
 */
import type { Estimate } from "../report/document.ts";
import { median } from "./statistics.ts";

/** The usual measure: one interval in twenty misses. With six runs some 6 % do; a test simulates it. */
const CONFIDENCE = 0.95;

/** One run has no interval: low and high are its value. */
export function estimateOf(runs: readonly number[]): Estimate {
  const [low, high] = bootstrapInterval(runs, CONFIDENCE);
  return { median: median(runs), low, high, runs };
}

/** The percentile interval of the median's bootstrap distribution. */
export function bootstrapInterval(values: readonly number[], confidence: number): readonly [low: number, high: number] {
  const outcomes = medianOutcomes(values);
  const tail = (1 - confidence) / 2;
  return [quantileOf(outcomes, tail), quantileOf([...outcomes].reverse(), tail)];
}

export interface Outcome {
  readonly value: number;
  readonly probability: number;
}

/** Every median that values drawn with replacement can have, in rising order. The probabilities add up to 1. */
export function medianOutcomes(values: readonly number[]): readonly Outcome[] {
  if (values.length === 0) throw new RangeError("there is no median of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted.length % 2 === 1 ? oddOutcomes : evenOutcomes)(sorted).sort((a, b) => a.value - b.value);
}

/** The middle one of the drawn values is one of the values. */
function oddOutcomes(sorted: readonly number[]): Outcome[] {
  const count = sorted.length;
  const upTo = sorted.map((_, index) => atLeast(count, (count + 1) / 2, (index + 1) / count));
  return sorted.map((value, index) => ({ value, probability: (upTo[index] ?? 0) - (upTo[index - 1] ?? 0) }));
}

/** The mean of the two in the middle, which are two of the values or twice the same. */
function evenOutcomes(sorted: readonly number[]): Outcome[] {
  const count = sorted.length;
  const half = count / 2;
  const ways = choose(count, half);
  // The lower one is at most the value `low`, and the upper one at least the value `high`, for low < high: half of the
  // drawn values are of the first kind and half of the second.
  const split = (low: number, high: number): number =>
    ways * ((low + 1) / count) ** half * ((count - high) / count) ** half;
  const outcomes: Outcome[] = [];
  for (let low = 0; low < count; low += 1) {
    let same = atLeast(count, half, (low + 1) / count) - atLeast(count, half, low / count);
    for (let high = low + 1; high < count; high += 1) {
      const probability = split(low, high) - split(low - 1, high) - split(low, high + 1) + split(low - 1, high + 1);
      same -= probability;
      outcomes.push({ value: mean(sorted[low], sorted[high]), probability });
    }
    outcomes.push({ value: mean(sorted[low], sorted[low]), probability: Math.max(0, same) });
  }
  return outcomes;
}

function mean(low = Number.NaN, high = Number.NaN): number {
  return (low + high) / 2;
}

/** The probability that of `count` draws at least `least` hit something that each hits with `share`. */
function atLeast(count: number, least: number, share: number): number {
  let sum = 0;
  for (let hits = least; hits <= count; hits += 1) {
    sum += choose(count, hits) * share ** hits * (1 - share) ** (count - hits);
  }
  return Math.min(1, sum);
}

function choose(count: number, chosen: number): number {
  let ways = 1;
  for (let index = 1; index <= chosen; index += 1) ways = (ways * (count - chosen + index)) / index;
  return ways;
}

/** The first outcome at which the probabilities so far exceed `tail`. */
function quantileOf(outcomes: readonly Outcome[], tail: number): number {
  let sum = 0;
  for (const { value, probability } of outcomes) {
    sum += probability;
    if (sum > tail) return value;
  }
  return outcomes.at(-1)?.value ?? Number.NaN;
}
