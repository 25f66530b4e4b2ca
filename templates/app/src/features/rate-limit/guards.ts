/** What stands around a limited handler: charges the request, or refuses it with an error that was made before. */
import type { ServerConfig } from "../../config/schema.ts";
import type { Context } from "../../http/context.ts";
import type { FeatureServices } from "../../http/feature.ts";
import { HttpError } from "../../http/http-error.ts";
import type { Handle } from "../../http/middleware.ts";
import type { Reply, Route } from "../../http/route.ts";
import { add } from "../../zones/counters.ts";
import { CellTable } from "./cell-table.ts";
import { hashClient } from "./client-hash.ts";
import { KeyedHash } from "./keyed-hash.ts";
import { layoutOf } from "./layout.ts";
import { idOf, type Limit, limitOf } from "./limit.ts";
import { Places, REFUSED } from "./places.ts";
import { type PolicyName, Refusals } from "./refusals.ts";
import { sharedClock } from "./shared-clock.ts";

export type Guard = (next: Handle) => Handle;

/** Indexes of the feature's counters. */
export const refusedClient = 0;
export const refusedRoute = 1;
export const refusedInFlight = 2;
export const chargedShared = 3;

/** What the guards of one worker have in common. */
export interface GuardParts {
  readonly clients: CellTable;
  readonly routes: CellTable;
  readonly counts: Int32Array;
  readonly held: Int32Array;
  /** One for all: a guard uses what it hashed before anything else runs. */
  readonly hash: KeyedHash;
  readonly nowUs: (ownMs: number) => number;
  readonly counters: Float64Array;
  readonly sendsFields: boolean;
}

export function guardParts({ config, zone, worker, counters }: FeatureServices): GuardParts {
  const { key, clock, clients, routes, counts, held } = layoutOf(zone, config);
  return {
    clients: new CellTable(clients, worker, counts),
    routes: new CellTable(routes, worker, new Int32Array(0)),
    counts,
    held: held(worker),
    hash: new KeyedHash(key[0] as number, key[1] as number),
    nowUs: sharedClock(clock),
    counters,
    sendsFields: config.rate_limit.fields === "all",
  };
}

/** The client's budget and places in flight, as far as the settings ask for them. The parts are made when they do. */
export function clientGuard({ rate_limit }: ServerConfig, parts: () => GuardParts): Guard | undefined {
  const { requests_per_s, burst, in_flight_per_client_max } = rate_limit;
  const limit = requests_per_s > 0 ? limitOf(0, requests_per_s, 1000, burst) : undefined;
  if (!limit && in_flight_per_client_max === 0) return undefined;
  const { clients, counts, held, hash, nowUs, counters } = parts();
  const charge = limit ? charging("client", limit, clients, refusedClient, parts()) : undefined;
  if (charge && in_flight_per_client_max === 0) return rateGuard(0, charge, parts());
  const places = new Places(clients, counts, held, in_flight_per_client_max, limit?.tick ?? 0);
  const refusal = new HttpError(429, "RATE_LIMITED", "This client has as many requests in flight as it may.", {
    "retry-after": "1",
  });
  return (next) => (context) => {
    hashClient(hash, context.client, 0);
    const now = nowUs(context.startedMs);
    charge?.(context, now);
    const place = places.enter(hash.high, hash.low, now);
    if (place === REFUSED) {
      add(counters, refusedInFlight, 1);
      throw refusal;
    }
    return runIn(places, place, next, context);
  };
}

/**
 * The client's budget on a route that asks for one.
 *
 * @throws TypeError that names the route when its limit cannot be counted
 */
export function routeGuard({ method, pattern, options }: Route, parts: () => GuardParts): Guard | undefined {
  if (!options.rateLimit) return undefined;
  const { requests, windowMs, burst = requests } = options.rateLimit;
  try {
    const limit = limitOf(idOf(`${method} ${pattern}`), requests, windowMs, burst);
    return rateGuard(limit.id, charging("route", limit, parts().routes, refusedRoute, parts()), parts());
  } catch (error) {
    throw new TypeError(`route "${method} ${pattern}": ${(error as Error).message}`);
  }
}

/** Charges the client that was hashed last. @throws HttpError 429 */
type Charge = (context: Context, nowUs: number) => void;

function rateGuard(id: number, charge: Charge, { hash, nowUs }: GuardParts): Guard {
  return (next) => (context) => {
    hashClient(hash, context.client, id);
    charge(context, nowUs(context.startedMs));
    return next(context);
  };
}

function charging(name: PolicyName, limit: Limit, table: CellTable, refused: number, parts: GuardParts): Charge {
  const { hash, counters, sendsFields } = parts;
  const refusals = new Refusals(name, limit);
  return (context, nowUs) => {
    const sharedBefore = table.shared;
    const ahead = table.charge(hash.high, hash.low, limit, nowUs);
    if (table.shared !== sharedBefore) add(counters, chargedShared, 1);
    if (ahead < 0) {
      add(counters, refused, 1);
      throw refusals.refusal(-ahead);
    }
    if (sendsFields) {
      addField(context, "ratelimit-policy", refusals.policy);
      addField(context, "ratelimit", refusals.state(ahead));
    }
  };
}

/** Both fields are lists: what the client's limit wrote stands before the route's. */
function addField(context: Context, name: string, value: string): void {
  const before = context.outcome?.headers.find(([known]) => known === name)?.[1];
  context.setHeader(name, before === undefined ? value : `${before}, ${value}`);
}

/**
 * Runs the handler, and leaves the place once its reply is there or it has failed. An asynchronous one leaves it with the
 * answer: a handler that outlives its time limit may never end.
 */
function runIn(places: Places, place: number, next: Handle, context: Context): Reply | Promise<Reply> {
  let reply: Reply | Promise<Reply>;
  try {
    reply = next(context);
  } catch (error) {
    places.leave(place);
    throw error;
  }
  if (reply instanceof Promise) context.onAnswered(() => places.leave(place));
  else places.leave(place);
  return reply;
}
