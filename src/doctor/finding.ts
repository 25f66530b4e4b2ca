/** One row of the doctor's answer: that of the emitted server's doctor, so that both can stand in one report. */
import type { Finding as ServerFinding } from "../../templates/app/src/doctor/finding.ts";
import { type AppError, type ErrorKind, errorKinds } from "../lib/errors.ts";

/** "warning": all works, with something to know. "problem": the next run, or the server, does not do what it should. */
export interface Finding extends ServerFinding {
  /** What a problem makes of the exit code. */
  readonly exit?: ErrorKind;
}

export { ok, warning } from "../../templates/app/src/doctor/finding.ts";

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
