/** Bounds of the WebSocket route. */
import { floorTo, KiB, seconds } from "../../lib/units.ts";
import { MESSAGE_BYTES_MAX, UNSENT_BYTES_MAX, webSocketShareOf } from "../capacity.ts";
import { reason } from "../reasons.ts";
import { type Bounds, type KeysOf, type Read, type RuleTable, rule } from "../rule.ts";
import { assumed, documented } from "../sources.ts";

/** One socket may hold at most this part of what all connections may. */
const ROW_SHARE_MAX = 1 / 16;

function rowBound(read: Read<"memory.connections_bytes">): NonNullable<Bounds["max"]> {
  const row = read("memory.connections_bytes");
  return { value: floorTo(row * ROW_SHARE_MAX, KiB(1)), by: reason("bound_socket_row", { row }) };
}

export const websocketRules = {
  "websocket.connections_max": rule({
    unit: "count",
    reads: ["features.websocket", "answers.workload", "limits.connections_max"],
    source: assumed("how much of a workload's traffic is WebSockets"),
    decide: (read) => {
      if (!read("features.websocket")) return { value: 0, reason: reason("websocket_off", {}) };
      const workload = read("answers.workload");
      const value = Math.floor(read("limits.connections_max") * webSocketShareOf[workload]);
      return { value, reason: reason("websocket_connections", { workload }) };
    },
  }),
  "websocket.message_bytes_max": rule({
    unit: "bytes",
    reads: ["memory.connections_bytes"],
    source: assumed("chat, telemetry and game messages are far smaller; files go by HTTP"),
    bounds: (read) => ({ min: { value: KiB(1), by: reason("bound_message_min", {}) }, max: rowBound(read) }),
    decide: () => ({ value: MESSAGE_BYTES_MAX, reason: reason("message_bytes", {}) }),
  }),
  "websocket.unsent_bytes_max": rule({
    unit: "bytes",
    reads: ["memory.connections_bytes"],
    source: assumed("four of the largest messages; the runtimes' own 16 MiB times many slow clients ends the process"),
    bounds: (read) => ({ min: { value: KiB(4), by: reason("bound_unsent_min", {}) }, max: rowBound(read) }),
    decide: () => ({ value: UNSENT_BYTES_MAX, reason: reason("unsent_bytes", {}) }),
  }),
  "websocket.idle_ms": rule({
    unit: "ms",
    reads: ["answers.exposure"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout"),
    decide: (read) =>
      read("answers.exposure") === "proxy"
        ? { value: seconds(60), reason: reason("websocket_idle_proxy", {}) }
        : { value: seconds(120), reason: reason("websocket_idle_direct", {}) },
  }),
} satisfies RuleTable<KeysOf<"websocket">>;
