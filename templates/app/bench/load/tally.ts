/** What one thread counts within the measured time: answers, latencies and everything that went wrong, by kind. */
import { newHistogram, quantileUs, recordUs } from "./latency-histogram.ts";

/** Every way a request can fail. */
export const failureKinds = {
  connect: "connections refused",
  port: "connections that found no free port here",
  closed: "connections closed before the answer",
  timeout: "requests without an answer in time",
  status: "answers with another status",
  length: "answers with another length",
  content: "messages with another content",
  malformed: "answers that are not HTTP",
  unsent: "requests that were due and found no free connection in time",
} as const;

export type FailureKind = keyof typeof failureKinds;
export type Failures = Readonly<Record<FailureKind, number>>;

/** What every answer must be like. `bodyBytes` null: any length. */
export interface Expected {
  readonly status: number;
  readonly bodyBytes: number | null;
}

export class Tally {
  /** Answers as expected, or whatever else the load counts (order.ts, `LoadCounts.done`). */
  done = 0;
  bytesIn = 0;
  bytesOut = 0;
  readonly failures: Record<FailureKind, number> = noFailures();
  /** Open loop: time in which the thread looked for something to do, and there was nothing. */
  idleMs = 0;
  /** Set by whatever reads or sends, and taken back by the one that tells idle time from work. */
  hasWorked = false;
  readonly latency = newHistogram();
  readonly lateness = newHistogram();

  /** Forgets what was counted: the warm-up is over. */
  reset(): void {
    this.done = 0;
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.idleMs = 0;
    Object.assign(this.failures, noFailures());
    this.latency.fill(0);
    this.lateness.fill(0);
  }

  /** An HTTP answer: counts as done when it is what it must be. */
  answered(us: number, status: number, bodyBytes: number, expected: Expected): void {
    if (status !== expected.status) this.failures.status += 1;
    else if (expected.bodyBytes !== null && bodyBytes !== expected.bodyBytes) this.failures.length += 1;
    else {
      this.finished(us);
      this.bytesIn += bodyBytes;
    }
  }

  /** One more done, whatever the protocol. */
  finished(us: number): void {
    this.done += 1;
    recordUs(this.latency, us);
  }

  /** A request of an open loop left so long after its moment. */
  late(us: number): void {
    recordUs(this.lateness, us);
  }

  failed(kind: FailureKind, count = 1): void {
    this.failures[kind] += count;
  }

  /** Latency that the given share (0..1) of the answers does not exceed, in microseconds; 0: there were none. */
  latencyUs(share: number): number {
    return quantileUs(this.latency, share) ?? 0;
  }
}

export function noFailures(): Record<FailureKind, number> {
  return { connect: 0, port: 0, closed: 0, timeout: 0, status: 0, length: 0, content: 0, malformed: 0, unsent: 0 };
}
