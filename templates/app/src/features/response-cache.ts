/**
 * Response cache in shared memory, filled once for all workers: a shared cache of RFC 9111 in front of the handlers.
 *
 * Only routes with the option `cache` take part. Keys hold the whole URL with its host and the headers that replies vary
 * by; a handler must not answer by anything else, such as a cookie, without saying so in Vary or Cache-Control.
 */
import type { Feature } from "../http/feature.ts";
import { add } from "../zones/counters.ts";
import { workerRows } from "../zones/shape.ts";
import { cacheControlPlane } from "./response-cache/cache-control-plane.ts";
import { type CacheCount, cacheCount, cacheCounters } from "./response-cache/cache-counters.ts";
import { cacheLayout } from "./response-cache/cache-layout.ts";
import { CacheLookup } from "./response-cache/cache-lookup.ts";
import { CacheZone } from "./response-cache/cache-zone.ts";
import { CachedRoute } from "./response-cache/cached-route.ts";
import { Filler } from "./response-cache/filler.ts";
import { purgeReaches } from "./response-cache/purge.ts";

export const responseCache: Feature = {
  name: "response-cache",
  options: ["cache"],
  counters: cacheCounters,
  zoneBytes: (config) => (cacheLayout(config) ? config.cache.zone_bytes : 0),
  control(services) {
    const layout = cacheLayout(services.config);
    return layout ? cacheControlPlane(layout, services) : {};
  },
  install({ config, worker, zones, zone: zoneMemory, memory, counters, logger }) {
    const layout = cacheLayout(config);
    if (!layout) return {};
    const zone = new CacheZone(zoneMemory, layout, worker);
    const count = (name: CacheCount) => add(counters, cacheCount.get(name) as number, 1);
    const lookup = new CacheLookup(zone);
    const filler = new Filler(zone, workerRows(config), count);
    const times = { ttlMs: config.cache.ttl_ms, staleMs: config.cache.stale_ms };
    const handlerMs = config.timeouts.handler_ms;
    const encoding = memory.text;
    const parts = { zone, lookup, filler, times, encoding, handlerMs, inFlight: zones.inFlight, logger, count };
    const forget = purgeReaches(zone);
    return {
      middleware(next, route) {
        const { cache } = route.options;
        if (!cache) return next;
        if (route.method !== "GET" && route.method !== "*") {
          throw new TypeError(`route "${route.method} ${route.pattern}" asks for "cache", which only GET can have`);
        }
        const cached = new CachedRoute(next, route, cache, parts);
        return (context) => cached.handle(context);
      },
      stop() {
        forget();
        zone.leave();
      },
    };
  },
};
