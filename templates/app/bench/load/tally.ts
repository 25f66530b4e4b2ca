/** What a load counts: answers, latencies and everything that went wrong, by kind. */
import { bucketCount, quantileUs, record } from "../../src/zones/histogram.ts";

/** Buckets per power of two: a latency is known to 1/32, about 3 %, and rounded up. */
export const LATENCY_STEPS = 32;

/** Every way a request can fail. */
export const failureKinds = {
  connect: "connections refused",
  closed: "connections closed before the answer",
  timeout: "requests without an answer in time",
  status: "answers with another status",
  length: "answers with another length",
  malformed: "answers that are not HTTP",
} as const;

export type FailureKind = keyof typeof failureKinds;
export type Failures = Readonly<Record<FailureKind, number>>;

/** What every answer must be like; taken from the first one. */
export interface Expected {
  readonly status: number;
  readonly bodyBytes: number;
}

export class Tally {
  /** Answers as expected. */
  requests = 0;
  readonly failures: Record<FailureKind, number> = noFailures();
  readonly #latency = new Float64Array(bucketCount(LATENCY_STEPS));

  /** Forgets what was counted: the warm-up is over. */
  reset(): void {
    this.requests = 0;
    Object.assign(this.failures, noFailures());
    this.#latency.fill(0);
  }

  answered(us: number, status: number, bodyBytes: number, expected: Expected): void {
    if (status !== expected.status) this.failures.status += 1;
    else if (bodyBytes !== expected.bodyBytes) this.failures.length += 1;
    else {
      this.requests += 1;
      record(this.#latency, us, LATENCY_STEPS);
    }
  }

  failed(kind: FailureKind): void {
    this.failures[kind] += 1;
  }

  /** Latency that the given share (0..1) of the answers does not exceed, in microseconds. */
  latencyUs(share: number): number {
    return quantileUs(this.#latency, share, LATENCY_STEPS);
  }
}

export function noFailures(): Record<FailureKind, number> {
  return { connect: 0, closed: 0, timeout: 0, status: 0, length: 0, malformed: 0 };
}
