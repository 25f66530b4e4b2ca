/**
 * What a route may ask for. An option that no feature of this server acts on is refused at start-up: a route that asks
 * for authentication must not run without it.
 */
import type { Middleware } from "./middleware.ts";

/** Which requests are turned away first when the server is overloaded. Critical ones (health) never are. */
export type Priority = "critical" | "normal" | "low";

/** Feature `response-cache`. */
export interface CacheOptions {
  /** Freshness where the response's own Cache-Control does not say; cache.ttl_ms otherwise. */
  readonly ttlMs?: number;
  /** Time after that in which the old response is served while a new one is made; cache.stale_ms otherwise. */
  readonly staleMs?: number;
  /** Request headers that the response depends on, beside its own Vary. One that is left out lets a client poison the cache. */
  readonly vary?: readonly string[];
  /** Query parameters that are part of the key, and the only ones that the handler reads; all of them otherwise. */
  readonly query?: readonly string[];
  /** Names under which entries can be invalidated together; a reply adds its own in the header `cache-tag`. */
  readonly tags?: readonly string[];
}

/** Feature `rate-limit`: a limit of the route's own, beside the server's. */
export interface RateLimitOptions {
  readonly requests: number;
  readonly windowMs: number;
  /** Requests at once before the average counts; `requests` otherwise. */
  readonly burst?: number;
}

/** Feature `auth`: what a request must prove. A list means any of them. */
export type AuthScheme = "basic" | "bearer";

export interface RouteOptions {
  /** Largest body of this route in bytes; at most limits.body_bytes_max, which holds otherwise. */
  readonly bodyBytesMax?: number;
  /** Time for the handler to answer; timeouts.handler_ms otherwise. 0: no bound. */
  readonly timeoutMs?: number;
  /** Runs around this route alone, inside all others; the first is the outermost. */
  readonly middleware?: readonly Middleware[];
  /** Feature `overload`; "normal" otherwise. */
  readonly priority?: Priority;
  readonly cache?: CacheOptions;
  readonly rateLimit?: RateLimitOptions;
  readonly auth?: AuthScheme | readonly AuthScheme[];
  /** Feature `compression`; false: this route's replies are never compressed (secrets beside a stranger's input). */
  readonly compress?: boolean;
}

export type OptionName = keyof RouteOptions;

/** Options that the pipeline itself acts on. */
const own: ReadonlySet<OptionName> = new Set<OptionName>(["bodyBytesMax", "timeoutMs", "middleware"]);
/** Without their feature these change nothing that a route could rely on. */
const harmless: ReadonlySet<OptionName> = new Set<OptionName>(["priority", "compress"]);

/** The first option that nobody acts on; undefined: all are served. */
export function unservedOption(options: RouteOptions, served: ReadonlySet<OptionName>): OptionName | undefined {
  return (Object.keys(options) as OptionName[]).find(
    (name) => options[name] !== undefined && !own.has(name) && !harmless.has(name) && !served.has(name),
  );
}
