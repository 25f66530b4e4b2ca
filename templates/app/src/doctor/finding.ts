/** One row of the doctor's answer. */

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly subject: string;
  /** "warning": the server runs, with less to spare. "problem": it does not start, or lacks what it was planned with. */
  readonly status: "ok" | "warning" | "problem";
  /** What was found. */
  readonly value: string;
  /** Why that is so good or bad: a sentence. */
  readonly reason: string;
  /** What to do; absent where nothing is to be done. */
  readonly next?: string;
}

export function ok(subject: string, value: string, reason: string): Finding {
  return { subject, status: "ok", value, reason };
}

export function warning(subject: string, value: string, reason: string, next: string): Finding {
  return { subject, status: "warning", value, reason, next };
}

export function problem(subject: string, value: string, reason: string, next: string): Finding {
  return { subject, status: "problem", value, reason, next };
}
