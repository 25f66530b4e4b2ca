/** What must hold between settings. A row names the settings it speaks of; the problem is put where one was set last. */
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
  "memory.headroom_bytes",
] as const satisfies readonly SettingKey[];

function budgetBytes({ memory }: ServerConfig): number {
  return (
    memory.base_bytes +
    memory.heaps_bytes +
    memory.zones_bytes +
    memory.connections_bytes +
    memory.bodies_bytes +
    memory.headroom_bytes
  );
}

export const crossChecks: readonly CrossCheck[] = [
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
];
