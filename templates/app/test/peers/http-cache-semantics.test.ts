/**
 * The cache's decisions against those of the npm package http-cache-semantics, over random headers.
 *
 * Where the two differ on purpose, the row in `deviations` says so and why; everything else must be equal.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import CachePolicy from "http-cache-semantics";
import { directivesOf } from "../../src/features/response-cache/cache-control.ts";
import { variantOf, varyNames } from "../../src/features/response-cache/cache-key.ts";
import { storePolicy } from "../../src/features/response-cache/store-policy.ts";
import { type Use, useOf } from "../../src/features/response-cache/use-policy.ts";

const RUNS = 20_000;
const SEED = 9111;
/** A whole second, as dates in headers are. */
const START_MS = 1_700_000_000_000;
const noTimes = { ttlMs: 0, staleMs: 0 };

interface Exchange {
  readonly request: Record<string, string>;
  readonly status: number;
  readonly reply: Record<string, string>;
}

interface Deviation {
  readonly reason: string;
  readonly applies: (exchange: Exchange, later: Record<string, string>) => boolean;
}

const control = ({ reply }: Exchange) => directivesOf(reply["cache-control"]);

const deviations = {
  setCookie: {
    reason:
      "The package keeps a reply with Set-Cookie when it is public or immutable; here one client never gets another's cookie.",
    applies: ({ reply }) => reply["set-cookie"] !== undefined,
  },
  noCache: {
    reason:
      "The package keeps a no-cache reply, to be validated or served stale; nothing here validates, so it is not kept.",
    applies: (exchange) =>
      control(exchange).has("no-cache") ||
      (exchange.reply["cache-control"] === undefined && exchange.reply.pragma !== undefined),
  },
  revalidate: {
    reason:
      "The package never reuses what says must-revalidate or proxy-revalidate; RFC 9111, 5.2.2.2 forbids that once it is stale only.",
    applies: (exchange) => control(exchange).has("must-revalidate") || control(exchange).has("proxy-revalidate"),
  },
  sharedMaxStale: {
    reason:
      "The package lets max-stale reach a stale reply with s-maxage; RFC 9111, 5.2.2.10 gives that the sense of proxy-revalidate.",
    applies: (exchange, later) =>
      control(exchange).has("s-maxage") && directivesOf(later["cache-control"]).has("max-stale"),
  },
  pragma: {
    reason:
      "The package heeds a request's Pragma; RFC 9111, 5.4 deprecates it, and reading it would double what a hit reads.",
    applies: (_, later) => later.pragma !== undefined,
  },
} satisfies Record<string, Deviation>;

type DeviationName = keyof typeof deviations;

const seconds = fc.oneof(fc.integer({ min: 0, max: 120 }).map(String), fc.constantFrom("0", "60", "nonsense"));
const valued = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), seconds).map(([name, value]) => `${name}=${value}`);
/** One value per name: of repeated directives the package takes the last, and the cache the first, as RFC 9111, 4.2.1 offers. */
const directiveList = (flags: readonly string[], withValues: readonly string[], weight = 1) =>
  fc
    .uniqueArray(fc.oneof(fc.constantFrom(...flags), { weight, arbitrary: valued(withValues) }), {
      maxLength: 4,
      selector: (directive) => directive.split("=")[0],
    })
    .map((list) => list.join(", "));
const replyControl = directiveList(
  ["no-store", "no-cache", "private", "public", "must-revalidate", "proxy-revalidate", "immutable", "no-transform"],
  ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"],
  4,
);
const requestControl = directiveList(
  ["no-cache", "no-store", "max-stale", "no-transform"],
  ["max-age", "min-fresh", "max-stale"],
);
const date = fc.integer({ min: -120, max: 120 }).map((offset) => new Date(START_MS + offset * 1000).toUTCString());

/** What would otherwise settle most cases by itself. */
function rarely(value: string): fc.Arbitrary<string> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constant(value) });
}

function some(fields: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<Record<string, string>> {
  return fc
    .record(fields, { requiredKeys: [] })
    .map(
      (given) =>
        Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")) as Record<string, string>,
    );
}

const exchanges: fc.Arbitrary<Exchange> = fc.record({
  request: some({ "cache-control": requestControl, authorization: rarely("Bearer x") }),
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant(200) },
    fc.constantFrom(201, 204, 206, 301, 302, 304, 404, 418, 500),
  ),
  reply: some({
    "cache-control": replyControl,
    expires: fc.oneof(date, fc.constant("0")),
    date,
    age: seconds,
    "set-cookie": rarely("a=b"),
    pragma: rarely("no-cache"),
    "last-modified": date,
  }),
});
const laterRequests = some({ "cache-control": requestControl, pragma: rarely("no-cache") });

/** The package's clock, in the test's hand; without its heuristics, which here are the operator's settings. */
class Peer extends CachePolicy {
  static nowMs = START_MS;

  constructor({ request, status, reply }: Exchange) {
    super(
      { method: "GET", url: "/", headers: request },
      { status, headers: reply },
      { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
    );
  }

  now(): number {
    return Peer.nowMs;
  }
}

function keepOf({ request, status, reply }: Exchange) {
  const facts = { status, header: (name: string) => reply[name] };
  const directives = directivesOf(request["cache-control"]);
  return storePolicy({ directives, isAuthorized: "authorization" in request }, facts, noTimes, START_MS);
}

/** Counts how often a row was met: one that never applies proves nothing and must go. */
function deviates(
  met: Map<string, number>,
  names: readonly DeviationName[],
  exchange: Exchange,
  later: Record<string, string>,
): boolean {
  const name = names.find((each) => deviations[each].applies(exchange, later));
  if (name !== undefined) met.set(name, (met.get(name) ?? 0) + 1);
  return name !== undefined;
}

test("storePolicy() keeps what http-cache-semantics finds storable and usable at some time", () => {
  const met = new Map<string, number>();
  let kept = 0;
  fc.assert(
    fc.property(exchanges, (exchange) => {
      Peer.nowMs = START_MS;
      if (deviates(met, ["setCookie", "noCache", "revalidate"], exchange, {})) return;
      const peer = new Peer(exchange);
      const isKept = typeof keepOf(exchange) !== "string";
      if (isKept) kept += 1;
      assert.equal(isKept, peer.storable() && peer.timeToLive() > 0);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  assert.ok(kept > 2000, `${kept} of ${RUNS} replies were kept`);
  assert.deepEqual([...met.keys()].sort(), ["noCache", "revalidate", "setCookie"]);
});

test("useOf() answers what http-cache-semantics answers, at the same age, in the same way", () => {
  const met = new Map<string, number>();
  const uses = new Map<Use, number>();
  fc.assert(
    fc.property(exchanges, laterRequests, fc.integer({ min: 0, max: 200 }), (exchange, later, elapsedS) => {
      Peer.nowMs = START_MS;
      const peer = new Peer(exchange);
      const keep = keepOf(exchange);
      if (typeof keep === "string") return;
      if (deviates(met, ["revalidate", "sharedMaxStale", "pragma"], exchange, later)) return;
      const nowMs = START_MS + elapsedS * 1000;
      Peer.nowMs = nowMs;
      const storedMs = START_MS - keep.ageMs;
      const freshMs = storedMs + keep.freshForMs;
      const times = { storedMs, freshMs, staleMs: freshMs + keep.staleForMs, mustRevalidate: keep.mustRevalidate };
      const use = useOf(times, directivesOf(later["cache-control"]), nowMs);
      uses.set(use, (uses.get(use) ?? 0) + 1);
      const { response, revalidation } = evaluated(peer, later);
      assert.equal(use !== "no", response !== undefined);
      assert.equal(use === "refresh", response !== undefined && revalidation?.synchronous === false);
      assert.equal((nowMs - storedMs) / 1000, peer.age());
    }),
    { numRuns: RUNS, seed: SEED },
  );
  for (const use of ["fresh", "stale", "refresh", "no"] as const)
    assert.ok((uses.get(use) ?? 0) > 20, `${use} was met: ${uses.get(use)}`);
  assert.deepEqual([...met.keys()].sort(), ["pragma", "revalidate", "sharedMaxStale"]);
});

/** Of the package's newer interface, which its published types do not have yet. */
interface Evaluation {
  readonly response: object | undefined;
  readonly revalidation: { readonly synchronous: boolean } | undefined;
}

function evaluated(peer: Peer, headers: Record<string, string>): Evaluation {
  const newer = peer as unknown as { evaluateRequest(request: object): Evaluation };
  return newer.evaluateRequest({ method: "GET", url: "/", headers });
}

test("variantOf() tells requests apart as http-cache-semantics does, but for spellings of Accept-Encoding", () => {
  const value = fc.constantFrom("", "a", "b", "A", "a, b", "gzip");
  const headers = some({ "x-one": value, "x-two": value, "accept-language": value });
  const vary = fc.constantFrom("X-One", "x-two, X-One", "Accept-Language,x-two", "x-one, *", " x-one ,");
  const found = { equal: 0, different: 0 };
  fc.assert(
    fc.property(vary, headers, headers, (names, first, second) => {
      Peer.nowMs = START_MS;
      const own = varyNames(names, []);
      const peer = new Peer({
        request: first,
        status: 200,
        reply: { "cache-control": "max-age=60", vary: names.trim() },
      });
      const isMatch = peer.satisfiesWithoutRevalidation({ method: "GET", url: "/", headers: second });
      const isSame =
        own !== undefined && variantOf("/", own, new Headers(first)) === variantOf("/", own, new Headers(second));
      found[isSame ? "equal" : "different"] += 1;
      assert.equal(isSame, isMatch);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  assert.ok(found.equal > 1000 && found.different > 1000);
});
