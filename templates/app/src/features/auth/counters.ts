/** What the feature counts, and where each number stands in a worker's row. */
import type { CounterDefinition } from "../../http/feature.ts";

const help = "Requests to routes that ask for authentication, by what became of them.";
const metric = (result: string) => `fastserve_auth_requests_total{result="${result}"}`;

export const authCounters: readonly CounterDefinition[] = [
  { metric: metric("verified"), help },
  { metric: metric("remembered"), help },
  { metric: metric("token"), help },
  { metric: metric("missing"), help },
  { metric: metric("failed"), help },
  { metric: metric("limited"), help },
  { metric: metric("busy"), help },
];

export const authCounter = {
  verified: 0,
  remembered: 1,
  token: 2,
  missing: 3,
  failed: 4,
  limited: 5,
  busy: 6,
} as const;
export type AuthResult = keyof typeof authCounter;
