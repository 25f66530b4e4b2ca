/** What must hold between settings. A row names the settings it speaks of; the problem is put where one was set last. */
import { parseNetwork } from "../http/cidr.ts";
import type { ServerConfig, SettingKey } from "./schema.ts";

export interface CrossCheck {
  readonly keys: readonly SettingKey[];
  readonly holds: (config: ServerConfig) => boolean;
  readonly message: (config: ServerConfig) => string;
}

const budgetKeys = [
  "memory.base_bytes",
  "memory.heaps_bytes",
  "memory.zones_bytes",
  "memory.connections_bytes",
  "memory.bodies_bytes",
  "memory.features_bytes",
  "memory.scratch_bytes",
  "memory.headroom_bytes",
] as const satisfies readonly SettingKey[];

function budgetBytes({ memory }: ServerConfig): number {
  return (
    memory.base_bytes +
    memory.heaps_bytes +
    memory.zones_bytes +
    memory.connections_bytes +
    memory.bodies_bytes +
    memory.features_bytes +
    memory.scratch_bytes +
    memory.headroom_bytes
  );
}

/** What is wrong with the first malformed entry of proxy.trusted. */
function trustedProblem({ proxy }: ServerConfig): string | undefined {
  for (const entry of proxy.trusted) {
    try {
      parseNetwork(entry);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

/** The first one that is not as a browser serialises an origin; "null" is one too, if somebody lists it. */
function firstMalformedOrigin(origins: readonly string[]): string | undefined {
  return origins.find((origin) => origin !== "*" && origin !== "null" && !isOrigin(origin));
}

function isOrigin(text: string): boolean {
  // Schemes of apps and extensions have an origin of their own that the URL parser does not know.
  if (!/^https?:/.test(text)) return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+$/.test(text);
  return !text.includes("*") && URL.canParse(text) && new URL(text).origin === text;
}

function isMediaType(text: string): boolean {
  return /^(\*\+[\w.-]+|[\w.+-]+\/(\*|[\w.+-]+))$/.test(text);
}

/** The first one that is no token (RFC 9110, section 5.6.2). */
function firstNoToken(names: readonly string[]): string | undefined {
  return names.find((name) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name));
}

export const crossChecks: readonly CrossCheck[] = [
  {
    keys: ["request_id.header", "request_id.accept"],
    holds: ({ request_id }) => !request_id.accept || request_id.header !== "",
    message: () => "request_id.accept = true needs request_id.header, the name of the field that it accepts.",
  },
  {
    keys: ["cors.origins", "cors.credentials"],
    // Fetch, section 3.2.5: with credentials "*" stands for the origin of that name, so that nobody would be allowed.
    holds: ({ cors }) => !cors.credentials || !cors.origins.includes("*"),
    message: () => 'cors.credentials = true needs cors.origins by name; browsers refuse "*" with credentials.',
  },
  {
    keys: ["cors.origins"],
    holds: ({ cors }) => !cors.origins.includes("*") || cors.origins.length === 1,
    message: () => `cors.origins has "*" beside others, which it includes already; name "*" alone, or leave it out.`,
  },
  {
    keys: ["cors.origins"],
    holds: ({ cors }) => firstMalformedOrigin(cors.origins) === undefined,
    message: ({ cors }) =>
      `cors.origins has "${firstMalformedOrigin(cors.origins)}", which no browser sends; an origin is like "https://example.org" or "http://localhost:5173": scheme, host in lower case, a port that is not the scheme's own, nothing behind.`,
  },
  {
    keys: ["cors.methods", "cors.headers", "cors.exposed"],
    holds: ({ cors }) => firstNoToken([...cors.methods, ...cors.headers, ...cors.exposed]) === undefined,
    message: ({ cors }) =>
      `cors has "${firstNoToken([...cors.methods, ...cors.headers, ...cors.exposed])}", which is no name of a method or a header.`,
  },
  {
    keys: ["cors.credentials", "cors.methods", "cors.headers", "cors.exposed"],
    // Fetch, sections 3.2.3 and 4.8: with credentials "*" is a name like any other.
    holds: ({ cors }) => !cors.credentials || ![...cors.methods, ...cors.headers, ...cors.exposed].includes("*"),
    message: () =>
      `cors.credentials = true needs cors.methods, cors.headers and cors.exposed by name; "*" means nothing.`,
  },
  {
    keys: ["compression.types"],
    holds: ({ compression }) => compression.types.every(isMediaType),
    message: ({ compression }) =>
      `compression.types has "${compression.types.find((type) => !isMediaType(type))}", which matches nothing; a type is like "application/json", "text/*" or "*+json".`,
  },
  {
    keys: ["compression.types", "compression.bytes_min", "compression.bytes_max", "compression.streams_max"],
    holds: ({ compression }) =>
      compression.types.length === 0 ||
      compression.streams_max > 0 ||
      (compression.bytes_max > 0 && compression.bytes_max >= compression.bytes_min),
    message: ({ compression }) =>
      `compression.types is set and nothing would be compressed: set compression.bytes_max above compression.bytes_min = ${compression.bytes_min}, or compression.streams_max above 0.`,
  },
  {
    keys: ["auth.failures_max", "auth.failures_window_ms"],
    holds: ({ auth }) => auth.failures_max === 0 || auth.failures_window_ms >= 1000,
    message: ({ auth }) =>
      `auth.failures_window_ms = ${auth.failures_window_ms} is too short to count failures in; at least 1000.`,
  },
  {
    keys: ["tls.mode", "tls.cert", "tls.key"],
    holds: ({ tls }) => tls.mode === "off" || (tls.cert !== undefined && tls.key !== undefined),
    message: ({ tls }) => `tls.mode = "${tls.mode}" needs tls.cert and tls.key, the paths of two PEM files.`,
  },
  {
    keys: ["server.port", "admin.port"],
    holds: ({ server, admin }) => admin.port === 0 || admin.port !== server.port,
    message: ({ admin }) => `admin.port = ${admin.port} is server.port too; give the admin listener another port.`,
  },
  {
    keys: ["workers.mode", "workers.count"],
    holds: ({ workers }) => workers.mode === "threads" || workers.count === 1,
    message: ({ workers }) =>
      `workers.count = ${workers.count} needs workers.mode = "threads"; inline is one worker in the main thread.`,
  },
  {
    keys: ["workers.restart_ms_min", "workers.restart_ms_max"],
    holds: ({ workers }) => workers.restart_ms_min <= workers.restart_ms_max,
    message: ({ workers }) =>
      `workers.restart_ms_min = ${workers.restart_ms_min} is above workers.restart_ms_max = ${workers.restart_ms_max}.`,
  },
  {
    keys: ["timeouts.head_ms", "timeouts.request_ms"],
    // 0 switches a timeout off.
    holds: ({ timeouts: { head_ms: head = 0, request_ms: request = 0 } }) => request === 0 || head <= request,
    message: ({ timeouts }) =>
      `timeouts.head_ms = ${timeouts.head_ms} is above timeouts.request_ms = ${timeouts.request_ms}; the head is a part of the request.`,
  },
  {
    keys: ["limits.body_bytes_max", "limits.bodies_bytes_max"],
    holds: ({ limits }) => limits.body_bytes_max <= limits.bodies_bytes_max,
    message: ({ limits }) =>
      `limits.body_bytes_max = ${limits.body_bytes_max} is above limits.bodies_bytes_max = ${limits.bodies_bytes_max}; such a body could never be read.`,
  },
  {
    keys: ["limits.connections_max", "limits.nofile_min"],
    holds: ({ limits }) => limits.nofile_min > limits.connections_max,
    message: ({ limits }) =>
      `limits.nofile_min = ${limits.nofile_min} must be above limits.connections_max = ${limits.connections_max}; each connection is a file descriptor.`,
  },
  {
    keys: ["limits.connections_max", "websocket.connections_max"],
    holds: ({ limits, websocket }) => websocket.connections_max <= limits.connections_max,
    message: ({ limits, websocket }) =>
      `websocket.connections_max = ${websocket.connections_max} is above limits.connections_max = ${limits.connections_max}; a WebSocket is a connection.`,
  },
  {
    keys: ["cache.zone_bytes", "cache.entry_bytes_max"],
    // Two pages of the largest entry and the index: what the cache's own layout refuses to go below.
    holds: ({ cache }) => cache.zone_bytes === 0 || cache.zone_bytes >= Math.max(8 * cache.entry_bytes_max, 262_144),
    message: ({ cache }) =>
      `cache.zone_bytes = ${cache.zone_bytes} is below 256 KiB or eight times cache.entry_bytes_max = ${cache.entry_bytes_max}; such a cache would hold next to nothing. 0 switches it off.`,
  },
  {
    keys: ["cache.zone_bytes", "cache.entry_bytes_max"],
    holds: ({ cache }) => cache.zone_bytes === 0 || cache.entry_bytes_max > 0,
    message: () => "cache.zone_bytes is set and cache.entry_bytes_max is 0: no reply would be small enough to be kept.",
  },
  {
    keys: ["memory.limit_bytes", ...budgetKeys],
    holds: (config) => budgetBytes(config) <= config.memory.limit_bytes,
    message: (config) =>
      `the memory budget adds up to ${budgetBytes(config)} bytes, above memory.limit_bytes = ${config.memory.limit_bytes}.`,
  },
  {
    keys: ["memory.limit_bytes", "memory.rss_high_bytes"],
    holds: ({ memory }) => memory.rss_high_bytes <= memory.limit_bytes,
    message: ({ memory }) =>
      `memory.rss_high_bytes = ${memory.rss_high_bytes} is above memory.limit_bytes = ${memory.limit_bytes}; pressure would never be noticed.`,
  },
  {
    keys: ["proxy.trusted"],
    holds: (config) => trustedProblem(config) === undefined,
    message: (config) => `proxy.trusted: ${trustedProblem(config)}.`,
  },
  {
    keys: ["proxy.trusted", "proxy.header"],
    holds: ({ proxy }) => (proxy.trusted.length === 0) === (proxy.header === "none"),
    message: ({ proxy }) =>
      proxy.header === "none"
        ? "proxy.trusted names proxies, but proxy.header does not say which field they write; set x-forwarded-for or forwarded."
        : `proxy.header = "${proxy.header}" counts only from trusted proxies; name them in proxy.trusted, or leave the header at none.`,
  },
  {
    keys: ["rate_limit.requests_per_s", "rate_limit.burst"],
    // The arrival times of a client are counted up to 25 days ahead.
    holds: ({ rate_limit: { requests_per_s, burst } }) => requests_per_s === 0 || burst <= 86_400 * requests_per_s,
    message: ({ rate_limit }) =>
      `rate_limit.burst = ${rate_limit.burst} is more than a day of rate_limit.requests_per_s = ${rate_limit.requests_per_s}; that limits nothing.`,
  },
];
