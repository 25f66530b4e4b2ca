/**
 * The limits that a bench must not meet: its load comes from one address and is meant to be too much, so a limit per
 * client would answer 429, and overload's marks 503, and the figures would be those of refusals.
 */
import type { ServerConfig } from "../../src/config/schema.ts";

export interface LimitsOff {
  /** What the server gets in its environment; it beats every file. */
  readonly environment: Readonly<Record<string, string>>;
  /** The settings that are switched off, by their keys; none where the project has no such limits. */
  readonly keys: readonly string[];
}

/** In each of these settings 0 means: no limit, or not looked at. */
const limitKeys = {
  rate_limit: ["requests_per_s", "in_flight_per_client_max"],
  overload: ["lag_ms_high", "in_flight_percent_high", "memory_percent_high", "heap_percent_high"],
} as const satisfies { [S in "rate_limit" | "overload"]: readonly (keyof ServerConfig[S])[] };

/** Only what is on: a limit that does not count needs no word in the report. */
export function limitsOff({ rate_limit, overload }: Pick<ServerConfig, "rate_limit" | "overload">): LimitsOff {
  const keys = [
    ...limitKeys.rate_limit.filter((key) => rate_limit[key] > 0).map((key) => `rate_limit.${key}`),
    ...limitKeys.overload.filter((key) => overload[key] > 0).map((key) => `overload.${key}`),
  ];
  const variable = (key: string) => `FASTSERVE__${key.replace(".", "__").toUpperCase()}`;
  return { environment: Object.fromEntries(keys.map((key) => [variable(key), "0"])), keys };
}
