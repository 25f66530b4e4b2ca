/**
 * Whether a reply may be kept, and for how long: RFC 9111 for a shared cache, and stricter where a mistake would show one
 * client what belongs to another.
 *
 * Stricter: a reply with Set-Cookie is never kept; neither is one with `no-cache` or without any freshness, because nothing
 * here validates a reply with its handler. The route's and the server's times stand in place of heuristic freshness.
 */
import { type Directives, directivesOf, secondsOf } from "./cache-control.ts";

/** Why a reply is not kept: labels of a metric. */
export const refusals = [
  "no_store",
  "private",
  "authorization",
  "set_cookie",
  "status",
  "vary",
  "not_fresh",
  "size",
  "stream",
  "tags",
  "key",
  "busy",
  "broken",
  "full",
  "purged",
  "unsendable",
] as const;
export type Refusal = (typeof refusals)[number];

/** Statuses that may be kept without freshness of their own (RFC 9110, section 15.1); 206 is not understood here. */
const byDefault: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);
/** Statuses that may be kept when the reply says for how long. */
const explicitly: ReadonlySet<number> = new Set([...byDefault, 302, 303, 307]);

export interface ReplyFacts {
  readonly status: number;
  header(name: string): string | undefined;
}

export interface RequestFacts {
  readonly directives: Directives;
  /** It came with an Authorization header, or the server knows who sent it. */
  readonly isAuthorized: boolean;
}

export interface RouteTimes {
  readonly ttlMs: number;
  readonly staleMs: number;
}

export interface Keep {
  /** The reply's age when it arrived. */
  readonly ageMs: number;
  readonly freshForMs: number;
  readonly staleForMs: number;
  readonly errorForMs: number;
  /** Nobody may get it once it is stale. */
  readonly mustRevalidate: boolean;
}

export function storePolicy(
  request: RequestFacts,
  reply: ReplyFacts,
  times: RouteTimes,
  nowMs: number,
): Keep | Refusal {
  const directives = directivesOf(reply.header("cache-control"));
  if (request.directives.has("no-store") || directives.has("no-store")) return "no_store";
  if (directives.has("private")) return "private";
  if (!explicitly.has(reply.status)) return "status";
  if (reply.header("set-cookie") !== undefined) return "set_cookie";
  if (request.isAuthorized && !sharedDespiteAuthorization(directives)) return "authorization";
  if (isNoCache(directives, reply)) return "not_fresh";
  const explicitS = freshSeconds(directives, reply, nowMs);
  // What is public may be kept whatever its status (section 3); it still needs a time from somewhere.
  if (explicitS === undefined && !byDefault.has(reply.status) && !directives.has("public")) return "status";
  const ageMs = ageSeconds(reply) * 1000;
  const mustRevalidate = directives.has("must-revalidate") || directives.has("proxy-revalidate");
  // s-maxage forbids stale replies unless the reply itself allows them (section 5.2.2.10); the route's default does not.
  const defaultStaleMs = directives.has("s-maxage") ? 0 : times.staleMs;
  const keep = {
    ageMs,
    freshForMs: explicitS === undefined ? times.ttlMs : explicitS * 1000,
    staleForMs: mustRevalidate ? 0 : milliseconds(directives, "stale-while-revalidate", defaultStaleMs),
    errorForMs: mustRevalidate ? 0 : milliseconds(directives, "stale-if-error", 0),
    mustRevalidate: mustRevalidate || (directives.has("s-maxage") && !directives.has("stale-while-revalidate")),
  };
  return keep.freshForMs + Math.max(keep.staleForMs, keep.errorForMs) > ageMs ? keep : "not_fresh";
}

/** Freshness that the reply states; undefined: it states none. */
export function freshSeconds(directives: Directives, reply: ReplyFacts, nowMs: number): number | undefined {
  const stated = secondsOf(directives, "s-maxage") ?? secondsOf(directives, "max-age");
  if (stated !== undefined) return stated;
  const expires = reply.header("expires");
  if (expires === undefined) return undefined;
  const dateMs = Date.parse(reply.header("date") ?? "");
  // An invalid date, "0" above all, has expired (section 5.3).
  const freshMs = Date.parse(expires) - (Number.isNaN(dateMs) ? nowMs : dateMs);
  return freshMs > 0 ? freshMs / 1000 : 0;
}

export function ageSeconds(reply: ReplyFacts): number {
  return secondsOf(new Map([["age", reply.header("age") ?? "0"]]), "age") ?? 0;
}

/** RFC 9111, section 3.5. */
function sharedDespiteAuthorization(directives: Directives): boolean {
  return directives.has("public") || directives.has("s-maxage") || directives.has("must-revalidate");
}

function isNoCache(directives: Directives, reply: ReplyFacts): boolean {
  if (directives.has("no-cache")) return true;
  return reply.header("cache-control") === undefined && /no-cache/i.test(reply.header("pragma") ?? "");
}

function milliseconds(directives: Directives, name: string, otherwise: number): number {
  const seconds = secondsOf(directives, name);
  return seconds === undefined ? otherwise : seconds * 1000;
}
