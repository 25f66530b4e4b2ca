/** The control plane's side: admin paths, the zone's gauges, and giving back what dead workers held. */
import type { ControlHooks, ControlServices } from "../../http/feature.ts";
import { HttpError, problemResponse } from "../../http/http-error.ts";
import { fragmentation } from "../../memory/slab-stats.ts";
import type { Endpoint } from "../../runtime/port.ts";
import { workerRows } from "../../zones/shape.ts";
import type { CacheLayout } from "./cache-layout.ts";
import { CacheZone, type PurgeOrder } from "./cache-zone.ts";

export interface CacheStats {
  readonly entries: number;
  readonly evictions: number;
  readonly capacityBytes: number;
  /** What entries ask for. */
  readonly askedBytes: number;
  /** What their chunks have beyond it: internal fragmentation. */
  readonly slackBytes: number;
  /** Free chunks in pages that a size class owns. */
  readonly classFreeBytes: number;
  readonly pageFreeBytes: number;
}

export function cacheStats(zone: CacheZone): CacheStats {
  const sum = {
    entries: 0,
    evictions: 0,
    capacityBytes: 0,
    askedBytes: 0,
    slackBytes: 0,
    classFreeBytes: 0,
    pageFreeBytes: 0,
  };
  for (const shard of zone.shards) {
    const slab = shard.slab.stats;
    sum.entries += shard.entries;
    sum.evictions += shard.evictions;
    sum.capacityBytes += slab.capacityBytes;
    sum.askedBytes += slab.askedBytes;
    sum.slackBytes += slab.usedBytes - slab.askedBytes;
    sum.classFreeBytes += slab.classFreeBytes;
    sum.pageFreeBytes += slab.pageFreeBytes;
  }
  return sum;
}

export function cacheControlPlane(
  layout: CacheLayout,
  { zone: memory, config, logger }: ControlServices,
): ControlHooks {
  // The control plane is a thread like the workers, and has the number after their last row.
  const zone = new CacheZone(memory, layout, workerRows(config));
  let dead: readonly number[] = [];
  let dying: readonly number[] = [];
  return {
    admin: [
      { pattern: "/-/cache", endpoints: new Map([["GET", () => Response.json(cacheStats(zone))]]) },
      { pattern: "/-/cache/purge", endpoints: new Map([["POST", purgeEndpoint(zone)]]) },
    ],
    metrics: () => metricLines(cacheStats(zone)),
    memory: () => ({ response_cache: memory.byteLength }),
    reclaim(worker) {
      dying = [...dying, ...zone.incarnationsOf(worker)];
    },
    // One beat later: a thread that was told to end may still be finishing what it does with the zone.
    tick() {
      if (dead.length > 0) {
        const emptied = zone.recover(dead);
        if (emptied > 0) logger.warn("a worker died while it changed the response cache", { shards_emptied: emptied });
      }
      dead = dying;
      dying = [];
    },
    stop: () => zone.leave(),
  };
}

/** Bytes of a purge's order: a path, a prefix or a tag. */
const ORDER_BYTES_MAX = 16_384;
const orderKeys = ["path", "prefix", "tag"] as const;

function purgeEndpoint(zone: CacheZone): Endpoint {
  return async (request) => {
    try {
      return Response.json({ purged: zone.purge(await readOrder(request)) });
    } catch (error) {
      if (error instanceof HttpError) return problemResponse(error);
      throw error;
    }
  };
}

/** Exactly one of path, prefix and tag, or `all=true`: an order that was misspelt must not empty the cache. */
async function readOrder(request: Request): Promise<PurgeOrder> {
  const given = new Map<string, unknown>(new URL(request.url).searchParams);
  // A body without a length is not read: nothing on this listener bounds it on every runtime.
  const length = Number(request.headers.get("content-length") ?? 0);
  if (!(length <= ORDER_BYTES_MAX)) throw badOrder();
  const text = length === 0 ? "" : await request.text();
  if (text !== "") for (const [name, value] of Object.entries(parsed(text))) given.set(name, value);
  const [[name, value] = ["", undefined], ...rest] = [...given];
  if (rest.length > 0) throw badOrder();
  if (name === "all" && (value === true || value === "true")) return {};
  const key = orderKeys.find((each) => each === name);
  if (key === undefined || typeof value !== "string" || value === "") throw badOrder();
  return { [key]: value };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below: what is no JSON is no order either.
  }
  throw badOrder();
}

function badOrder(): HttpError {
  return new HttpError(
    400,
    "BAD_PURGE",
    'A purge takes one of path, prefix, tag or all=true, as a query or as a JSON object such as {"tag":"news"}.',
  );
}

function metricLines(stats: CacheStats): string {
  const { askedBytes, slackBytes, classFreeBytes, pageFreeBytes } = stats;
  const { internal, external } = fragmentation({ usedBytes: askedBytes + slackBytes, askedBytes, classFreeBytes });
  return [
    "# HELP fastserve_cache_entries Entries of the response cache.\n# TYPE fastserve_cache_entries gauge\n",
    `fastserve_cache_entries ${stats.entries}\n`,
    "# HELP fastserve_cache_evictions_total Entries that made room for others.\n# TYPE fastserve_cache_evictions_total counter\n",
    `fastserve_cache_evictions_total ${stats.evictions}\n`,
    "# HELP fastserve_cache_bytes Memory of the response cache: in entries, lost to rounding up, free in a size class, free.\n",
    "# TYPE fastserve_cache_bytes gauge\n",
    `fastserve_cache_bytes{state="entries"} ${askedBytes}\nfastserve_cache_bytes{state="slack"} ${slackBytes}\n`,
    `fastserve_cache_bytes{state="class_free"} ${classFreeBytes}\nfastserve_cache_bytes{state="free"} ${pageFreeBytes}\n`,
    "# HELP fastserve_cache_fragmentation_ratio Lost to rounding up in chunks in use, and free in pages of one size class only.\n",
    "# TYPE fastserve_cache_fragmentation_ratio gauge\n",
    `fastserve_cache_fragmentation_ratio{kind="internal"} ${internal}\n`,
    `fastserve_cache_fragmentation_ratio{kind="external"} ${external}\n`,
  ].join("");
}
