/**
 * Rate limits per client and per route, exact across workers.
 *
 * A request is charged to its client's budget, takes one of the client's places in flight, and is charged to the budget
 * that its client has on the route, where the route asks for one. Paths without a route are charged to the client too: a scan
 * meets the limit. A full table does not switch the limits off: clients that found no room share budgets,
 * and `fastserve_rate_limit_shared_total` counts their requests.
 */
import { getRandomValues } from "node:crypto";
import type { ControlHooks, ControlServices, Feature, FeatureHooks, FeatureServices } from "../http/feature.ts";
import { CellTable } from "./rate-limit/cell-table.ts";
import { clientGuard, type GuardParts, guardParts, routeGuard } from "./rate-limit/guards.ts";
import { layoutOf, zoneBytes } from "./rate-limit/layout.ts";
import { reclaimPlaces } from "./rate-limit/places.ts";
import { publishClock, sharedClock } from "./rate-limit/shared-clock.ts";

export const rateLimit: Feature = {
  name: "rate-limit",
  options: ["rateLimit"],
  counters: [
    { metric: 'fastserve_rate_limit_refused_total{limit="client"}', help: "Requests refused with 429, by the limit." },
    { metric: 'fastserve_rate_limit_refused_total{limit="route"}', help: "" },
    { metric: 'fastserve_rate_limit_refused_total{limit="in_flight"}', help: "" },
    {
      metric: "fastserve_rate_limit_shared_total",
      help: "Requests charged to a budget that clients share, because rate_limit.clients_max were told apart already.",
    },
  ],
  zoneBytes,
  control,
  install,
};

/** The table is swept once in 600 ticks of about 500 ms: in 5 minutes, of the 35 in which 2^31 us pass. */
const SWEEP_PARTS = 600;

function control({ config, zone }: ControlServices): ControlHooks {
  const layout = layoutOf(zone, config);
  layout.key.set(getRandomValues(new Int32Array(2)));
  const publish = publishClock(layout.clock);
  const nowUs = sharedClock(layout.clock);
  const tables = [layout.clients, layout.routes];
  const swept = tables.map((words) => new CellTable(words, -1, layout.counts));
  let part = 0;
  return {
    tick() {
      publish();
      for (const table of swept) table.sweep(part, SWEEP_PARTS, nowUs(performance.now()));
      part = (part + 1) % SWEEP_PARTS;
    },
    reclaim(worker) {
      for (const words of tables) new CellTable(words, worker, layout.counts).reclaim();
      reclaimPlaces(layout.counts, layout.held(worker));
    },
  };
}

function install(services: FeatureServices): FeatureHooks {
  let made: GuardParts | undefined;
  // Made with the first limit: a server without any pays nothing.
  const parts = () => {
    made ??= guardParts(services);
    return made;
  };
  const client = clientGuard(services.config, parts);
  return {
    middleware(next, route) {
      const guards = [client, routeGuard(route, parts)].filter((guard) => guard !== undefined);
      return guards.reduceRight((inner, guard) => guard(inner), next);
    },
  };
}
