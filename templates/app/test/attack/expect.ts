/** The few outcomes that the catalogue's expectations are made of. Each is a list: any of its members will do. */
import type { Expectation } from "./attack-case.ts";

/** What a server may answer to a request that it will not serve: any 4xx, a coding or a version that it does not know. */
const refusals: readonly number[] = [400, 403, 404, 405, 411, 413, 414, 415, 417, 421, 426, 431, 501, 505];

type Expectations = readonly Expectation[];

/** The message's end is in doubt: an error or nothing, and the connection ends. */
export function refused(statuses: readonly number[] = refusals, ...before: readonly string[]): Expectations {
  return [{ outcome: "refused", records: before, closes: true, statuses, silent: true }];
}

/** Refused with one of these statuses; the message's end is known, so the connection may go on. */
export function answered(...statuses: readonly number[]): Expectations {
  return [{ outcome: "refused", records: [], closes: false, statuses, silent: false }];
}

/** Refused by whatever means; the message's end is known, so the connection may go on. */
export function declined(...before: readonly string[]): Expectations {
  return [{ outcome: "refused", records: before, closes: false, statuses: refusals, silent: true }];
}

export function served(...records: readonly string[]): Expectations {
  return [{ outcome: "served", records, closes: false, statuses: [], silent: false }];
}

/** Served, and then the connection must end. */
export function servedLast(...records: readonly string[]): Expectations {
  return [{ outcome: "served", records, closes: true, statuses: [], silent: false }];
}

/** Served, whether or not the client is still there for the answer. */
export function handled(...records: readonly string[]): Expectations {
  return [{ outcome: "handled", records, closes: false, statuses: [], silent: true }];
}

/** Another protocol was spoken, and the server speaks it. */
export function foreign(): Expectations {
  return [{ outcome: "foreign", records: [], closes: false, statuses: [], silent: true }];
}

/** The request is incomplete: waiting for the rest is as good as refusing it. */
export function unfinished(...before: readonly string[]): Expectations {
  const waits = { outcome: "waits", records: before, closes: false, statuses: [], silent: true } as const;
  return [waits, ...declined(...before), ...refused([408], ...before)];
}

/** The standard leaves the choice. */
export function either(...choices: readonly Expectations[]): Expectations {
  return choices.flat();
}
