/** One row of the doctor's answer. The emitted server's doctor answers in the same shape, so both can stand in one report. */
import { type AppError, type ErrorKind, errorKinds } from "../lib/errors.ts";

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly subject: string;
  /** "warning": all works, with something to know. "problem": the next run, or the server, does not do what it should. */
  readonly status: "ok" | "warning" | "problem";
  /** What was found. */
  readonly value: string;
  /** Why that is so good or bad: a sentence. */
  readonly reason: string;
  /** What to do; absent where nothing is to be done. */
  readonly next?: string;
  /** What a problem makes of the exit code. */
  readonly exit?: ErrorKind;
}

export function ok(subject: string, value: string, reason: string): Finding {
  return { subject, status: "ok", value, reason };
}

export function warning(subject: string, value: string, reason: string, next: string): Finding {
  return { subject, status: "warning", value, reason, next };
}

export function problem(
  subject: string,
  value: string,
  reason: string,
  next: string,
  exit: ErrorKind = "drift",
): Finding {
  return { subject, status: "problem", value, reason, next, exit };
}

/** What makes a part of the project unreadable, one row for each thing that is wrong. */
export function failures(subject: string, error: AppError): readonly Finding[] {
  return error.problems.map(({ code, message, next }) => problem(subject, code, message, next, errorKinds[code]));
}

/** What the system refuses, such as a file that whoever runs this may not read. */
export function refusal(subject: string, { code = "UNREADABLE", message }: NodeJS.ErrnoException): Finding {
  const reason = `${message.replace(/^[A-Z]+: /, "")}.`;
  return problem(subject, code, reason, "make it readable for whoever runs this, then run it again", "unsafeTarget");
}

/** Named in a row; further ones are counted. */
const NAMES_SHOWN_MAX = 3;

export function namesText(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN_MAX;
  return names.slice(0, NAMES_SHOWN_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** "1 file", "3 files". */
export function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
