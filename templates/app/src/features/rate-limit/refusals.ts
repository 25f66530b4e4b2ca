/**
 * What clients are told: the fields of draft-ietf-httpapi-ratelimit-headers-11, and 429 with `Retry-After`.
 *
 * Refusals are made once per waiting time and thrown again: a flood then costs neither a stack trace nor a string.
 */
import { HttpError } from "../../http/http-error.ts";
import { type Limit, secondsOf } from "./limit.ts";

/** Names of the policies in the fields. */
export type PolicyName = "client" | "route";

/** Waiting times, in seconds, whose refusals are kept. */
const KEPT_MAX = 64;

export class Refusals {
  /** `RateLimit-Policy`: so many requests per so many seconds. */
  readonly policy: string;
  readonly #name: PolicyName;
  readonly #limit: Limit;
  readonly #kept = new Map<number, HttpError>();

  constructor(name: PolicyName, limit: Limit) {
    this.#name = name;
    this.#limit = limit;
    this.policy = `"${name}";q=${limit.burst};w=${secondsOf(limit.ahead, limit)}`;
  }

  /** `RateLimit`: requests that are left, and the seconds until all are back. @param ahead what the table said */
  state(ahead: number): string {
    const left = Math.max(0, Math.floor((this.#limit.ahead - ahead) / this.#limit.interval));
    return `"${this.#name}";r=${left};t=${secondsOf(ahead, this.#limit)}`;
  }

  /** @param waitTicks until a request would be admitted */
  refusal(waitTicks: number): HttpError {
    const seconds = secondsOf(waitTicks, this.#limit);
    const known = this.#kept.get(seconds);
    if (known) return known;
    const error = new HttpError(429, "RATE_LIMITED", "This client sends more requests than it may.", {
      "retry-after": String(seconds),
      "ratelimit-policy": this.policy,
      ratelimit: `"${this.#name}";r=0;t=${seconds}`,
    });
    if (this.#kept.size < KEPT_MAX) this.#kept.set(seconds, error);
    return error;
  }
}
