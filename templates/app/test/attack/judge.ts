/** Judges what came of a case: by the answers, by the connection's fate, and by the requests that handlers saw. */
import { type AttackCase, BROKEN, type Expectation, SMUGGLED_PATH } from "./attack-case.ts";
import type { Played } from "./play.ts";
import { serialOf } from "./witness.ts";

/**
 * How bad a deviation is, worst first.
 *
 * desync: a handler saw a request, or a body, that is not there; or an answer belongs to another request.
 * error: the server failed (5xx), or stopped serving others.
 * accepted: what must be refused was served. continued: refused, but the connection went on although its framing
 * is in doubt. refused: what is valid was not served. other: the wrong kind of answer, or none.
 */
export const severities = ["desync", "error", "accepted", "continued", "refused", "other"] as const;
export type Severity = (typeof severities)[number];

export interface Sight {
  readonly serial: number;
  readonly text: string;
}

export interface Observation {
  readonly played: Played;
  readonly records: readonly Sight[];
  /** Whether a new connection was served afterwards. */
  readonly alive: boolean;
}

/** Bodies are shown up to here; the judge compares them whole. */
const SHOWN_MAX = 60;

/** What happened, in one line: statuses, "close" or "open", and what handlers saw. */
export function outcomeOf({ played, records, alive }: Observation): string {
  const answers = [...played.interim, ...played.statuses].join(" ");
  const said = [
    answers,
    played.garbled ? "garbled" : "",
    played.closed ? "close" : answers === "" ? "silence" : "open",
  ];
  const seen = records.map(({ text }) => shown(text)).join("; ");
  return [...said, seen === "" ? "" : `[${seen}]`, alive ? "" : "DEAD"].filter((part) => part !== "").join(" ");
}

function shown(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}...` : line;
}

/** undefined: as the case expects. */
export function judge({ expect }: AttackCase, observation: Observation): Severity | undefined {
  const { played, alive } = observation;
  const whole = wholeOf(observation);
  if (isDesync(expect, observation)) return "desync";
  // 501 and 505 are refusals; any other 5xx is a failure of the server's own.
  if (!alive || played.statuses.some((status) => status >= 500 && status !== 501 && status !== 505)) return "error";
  if (expect.some((one) => checks[one.outcome](one, played, whole))) return undefined;
  return severityOf(expect, played, whole);
}

function wholeOf({ records }: Observation): readonly string[] {
  return records.map(({ text }) => text).filter((text) => !text.endsWith(BROKEN));
}

function isDesync(expect: readonly Expectation[], observation: Observation): boolean {
  const { played, records } = observation;
  if (!answersInOrder(played, records)) return true;
  if (played.garbled && !expect.some((one) => one.outcome === "foreign")) return true;
  const expected = expect.flatMap((one) => one.records);
  return wholeOf(observation).some((text) => {
    if (expected.includes(text)) return false;
    const [method, target] = text.split(" ");
    if (target?.startsWith(SMUGGLED_PATH)) return true;
    // The same request with another body: its end was seen elsewhere.
    return expected.some((other) => other.split(" ", 2).join(" ") === `${method} ${target}`);
  });
}

/** The answers' serial numbers are those of the records, each once, in the order of the requests. */
export function answersInOrder(played: Played, records: readonly Sight[]): boolean {
  let at = 0;
  for (const body of played.bodies) {
    const serial = serialOf(body);
    if (serial === undefined) continue;
    while (at < records.length && records[at]?.serial !== serial) at += 1;
    if (at === records.length) return false;
    at += 1;
  }
  return true;
}

type Check = (expect: Expectation, played: Played, whole: readonly string[]) => boolean;

const checks: Readonly<Record<Expectation["outcome"], Check>> = {
  served({ records, closes }, played, whole) {
    return same(whole, records) && isAll200(played.statuses, records.length) && (played.closed || !closes);
  },

  refused({ records, closes, statuses, silent }, played, whole) {
    if (!same(whole.slice(0, records.length), records)) return false;
    if (!isAll200(played.statuses.slice(0, records.length), records.length)) return false;
    const [refusal, ...later] = played.statuses.slice(records.length);
    // What follows a refusal whose end is known are requests of their own.
    const following = whole.slice(records.length);
    if (following.some((text) => text !== "GET /next") || !isAll200(later, following.length)) return false;
    if (closes && (following.length > 0 || !played.closed)) return false;
    return refusal === undefined ? silent && played.closed : statuses.includes(refusal);
  },

  handled({ records }, played, whole) {
    return same(whole, records) && played.statuses.length <= records.length;
  },

  foreign(_expect, played, whole) {
    return played.garbled && whole.length === 0;
  },

  waits({ records }, played, whole) {
    return same(whole, records) && isAll200(played.statuses, records.length);
  },
};

function severityOf(expect: readonly Expectation[], played: Played, whole: readonly string[]): Severity {
  const refusal = played.statuses.some((status) => status >= 400);
  if (refusal && !played.closed && expect.every((one) => one.closes)) return "continued";
  const most = Math.max(...expect.map((one) => one.records.length));
  if (whole.length > most) return "accepted";
  if (expect.every((one) => one.outcome === "served") && (refusal || played.closed)) return "refused";
  return "other";
}

function isAll200(statuses: readonly number[], count: number): boolean {
  return statuses.length === count && statuses.every((status) => status === 200);
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index]);
}
