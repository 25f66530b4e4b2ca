/**
 * Two reports of one machine and one runtime: what became worse, what better, and where nothing is shown.
 *
 * Idea: the runs of both reports are two independent samples, and the ratio of their medians has an interval by the
 * percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3). For medians all outcomes and their
 * probabilities are known (Maritz and Jarrett 1978), so the interval is counted out over all pairs of outcomes and the
 * same reports always give the same verdict. Many figures are compared at once, of which some would differ by chance: told
 * is only what all of them together do not explain (many-tests.ts). Bound: 100 runs a report; above 12 runs an even
 * number is cut by one, so that outcomes stay as few as runs.
 */
import { BenchError } from "../cli/bench-error.ts";
import { whyNotComparable } from "../method/comparable.ts";
import { medianOutcomes } from "../method/estimate.ts";
import { believed, chanceOf } from "../method/many-tests.ts";
import type { BenchReport, CaseDocument, ComparisonDocument, Estimate, LoadDocument } from "./document.ts";
import { type FigureName, figureTable } from "./figure-table.ts";

export interface Change {
  readonly case_id: string;
  readonly title: string;
  readonly figure: FigureName;
  readonly before: number;
  readonly now: number;
  /** Now over before, and its interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: ComparisonDocument["verdict"];
}

export interface Against {
  readonly changes: readonly Change[];
  /** What could not be compared, and why. */
  readonly left_out: readonly string[];
}

/** One error in twenty, as everywhere in this bench. */
const TAIL = 0.025;
/** Of the changes that are told, so many may be none. */
const WRONG_SHARE = 0.05;

/**
 * Fewer runs on a side prove nothing: with three against three the two samples lie wholly apart by chance in 2 of 20
 * cases, with four against four in 2 of 70 (all ways to deal out the ranks; the test of Mann and Whitney).
 */
export const RUNS_MIN = 4;

const OUTCOMES_MAX_RUNS = 12;

export function against(before: BenchReport, now: BenchReport): Against {
  const reasons = whyNotComparable(before.context, now.context);
  if (reasons.length > 0) {
    const list = reasons.map((reason) => `  ${reason}`).join("\n");
    throw new BenchError(`The two reports cannot be compared:\n${list}\nMeasure both on one machine with one runtime.`);
  }
  const earlier = new Map(casesOf(before).map((one) => [one.id, one]));
  const later = casesOf(now);
  const found: FoundChange[] = [];
  const leftOut: string[] = [];
  for (const one of later) {
    const other = earlier.get(one.id);
    const reason = other ? whyNotAlike(other, one) : "not in the earlier report";
    if (!other || reason !== undefined) leftOut.push(`${one.id}: ${reason}`);
    else found.push(...changesOf(other, one));
  }
  const ids = new Set(later.map(({ id }) => id));
  for (const id of earlier.keys()) if (!ids.has(id)) leftOut.push(`${id}: not measured this time`);
  return { changes: believedChanges(found), left_out: leftOut };
}

interface FoundChange extends Change {
  /** The probability that the runs lie so far apart by chance. */
  readonly chance: number;
}

/** Of all that look changed those that so many comparisons at once do not explain. */
function believedChanges(found: readonly FoundChange[]): readonly Change[] {
  const isBelieved = believed(
    found.map(({ chance }) => chance),
    WRONG_SHARE,
  );
  return found.map(({ chance: _, ...change }, place) => ({
    ...change,
    verdict: isBelieved[place] ? change.verdict : "no difference shown",
  }));
}

function casesOf({ benches }: BenchReport): readonly CaseDocument[] {
  return benches.flatMap(({ cases }) => cases);
}

/** An open loop's rate follows from the maximum of its run: within a twentieth it is the same load. */
const RATE_SHARE_MAX = 0.05;

function whyNotAlike(before: CaseDocument, now: CaseDocument): string | undefined {
  const errors = [before, now].some((one) => Object.values(one.errors).some((count) => count > 0));
  if (errors) return "one of the two had errors, so its figures are not to be trusted";
  if ((before.load === null) !== (now.load === null)) return "one of the two had no load";
  if (before.load === null || now.load === null) return undefined;
  return differenceOf(before.load, now.load);
}

function differenceOf(before: LoadDocument, now: LoadDocument): string | undefined {
  for (const key of ["model", "generator", "connections", "pipeline", "seconds", "warmup_seconds"] as const) {
    if (before[key] !== now[key]) return `its load differs: ${key} was ${before[key]} and is ${now[key]}`;
  }
  const [was, is] = [before.rate_per_s ?? 0, now.rate_per_s ?? 0];
  if (Math.abs(was - is) <= RATE_SHARE_MAX * Math.max(was, is)) return undefined;
  return `its load differs: ${Math.round(was)} requests a second were offered, and now ${Math.round(is)}`;
}

/**
 * The figures that stand for a case. A case has some fifteen, most of which follow from these: a closed loop's latencies
 * from its rate, an open loop's rate from what was offered. Each one more would hide the others' changes among chances.
 */
const standing: Readonly<Record<LoadDocument["model"], readonly FigureName[]>> = {
  closed: [
    ...(["requests_per_second", "messages_per_second", "deliveries_per_second", "connections_per_second"] as const),
    ...(["server_cpu_us_per_request", "server_cpu_us_per_message", "server_cpu_us_per_delivery"] as const),
    ...(["server_cpu_us_per_connection", "server_rss_peak_bytes", "hit_ratio"] as const),
  ],
  open: ["latency_p99_us", "server_cpu_us_per_request", "server_rss_peak_bytes"],
  none: [
    ...(["start_ms", "server_rss_bytes", "server_rss_bytes_per_connection", "connections_per_second"] as const),
    ...(["operations_per_second", "cpu_ns_per_buffer", "rss_over_live_ratio"] as const),
  ],
};

function changesOf(before: CaseDocument, now: CaseDocument): readonly FoundChange[] {
  return standing[now.load?.model ?? "none"].flatMap((name) => {
    const { better } = figureTable[name];
    const [was, is] = [before.figures[name], now.figures[name]];
    // A ratio needs a positive value on both sides.
    if (better === "neither" || !was || !is || !(Math.min(...was.runs, ...is.runs) > 0)) return [];
    const interval = ratioInterval(was, is);
    const verdict = verdictOf(interval, better);
    const chance = chanceOf(was.runs, is.runs);
    const medians = { before: was.median, now: is.median };
    return [{ case_id: now.id, title: now.title, figure: name, ...medians, ...interval, verdict, chance }];
  });
}

export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** With too few runs the interval is everything: nothing is known of the spread. */
export function ratioInterval(before: Estimate, now: Estimate): RatioInterval {
  const ratio = now.median / before.median;
  if (Math.min(before.runs.length, now.runs.length) < RUNS_MIN)
    return { ratio, low: 0, high: Number.POSITIVE_INFINITY };
  const [earlier, later] = [outcomesOf(before.runs), outcomesOf(now.runs)];
  const ratios = later
    .flatMap((is) =>
      earlier.map((was) => ({ value: is.value / was.value, probability: is.probability * was.probability })),
    )
    .sort((a, b) => a.value - b.value);
  return { ratio, low: beyond(ratios, TAIL), high: beyond([...ratios].reverse(), TAIL) };
}

type Outcomes = ReturnType<typeof medianOutcomes>;

function outcomesOf(runs: readonly number[]): Outcomes {
  const many = runs.length > OUTCOMES_MAX_RUNS && runs.length % 2 === 0;
  return medianOutcomes(many ? runs.slice(1) : runs);
}

/** The first ratio at which the probabilities so far exceed the tail. */
function beyond(ratios: Outcomes, tail: number): number {
  let sum = 0;
  for (const { value, probability } of ratios) {
    sum += probability;
    if (sum > tail) return value;
  }
  return Number.NaN;
}

export function verdictOf({ low, high }: RatioInterval, better: "higher" | "lower"): Change["verdict"] {
  if (low > 1) return better === "higher" ? "better" : "worse";
  if (high < 1) return better === "higher" ? "worse" : "better";
  return "no difference shown";
}
