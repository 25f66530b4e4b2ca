/** What the server accepts at most. Every limit follows from a row of the memory budget or from descriptors. */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import { floorTo, KiB } from "../../lib/units.ts";
import {
  BODIES_AT_ONCE_MIN,
  BODY_COPIES,
  bodyBytesWanted,
  CONNECTIONS_MAX,
  connectionsByDescriptors,
  DESCRIPTORS_BASE,
  DESCRIPTORS_PER_THREAD,
  descriptorsPerConnection,
  HEAD_BYTES_MAX,
  inFlightPerWorker,
} from "../capacity.ts";
import { absent, reason } from "../reasons.ts";
import { type KeysOf, type Read, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented, engineLimits, memoryCosts } from "../sources.ts";
import { connectionReads, eachConnectionBytes } from "./division.ts";
import { readThreads, threadsReads } from "./shape-reads.ts";

/** Objects of one asynchronous request: request, response, promises, the handler's own data. */
const REQUEST_HEAP_BYTES = KiB(16);

export const limitRules = {
  "limits.connections_max": rule({
    unit: "count",
    reads: [
      ...connectionReads,
      "features.static-files",
      "answers.connections",
      "facts.nofileHard",
      "memory.connections_bytes",
    ],
    source: memoryCosts,
    bounds: (read) => {
      const nofileHard = read("facts.nofileHard");
      const byDescriptors = connectionsByDescriptors(read("features.static-files"), nofileHard);
      return {
        min: { value: 1, by: reason("bound_positive", {}) },
        max:
          byDescriptors < CONNECTIONS_MAX
            ? { value: byDescriptors, by: reason("bound_descriptors", { nofileHard }) }
            : { value: CONNECTIONS_MAX, by: reason("bound_nr_open", { connections: CONNECTIONS_MAX }) },
      };
    },
    decide: (read) => {
      const each = eachConnectionBytes(read);
      const asked = read("answers.connections");
      if (asked !== undefined) return { value: asked, reason: reason("connections_asked", { each }) };
      const share = read("memory.connections_bytes");
      return { value: wantedConnections(read), reason: reason("connections", { each, share }) };
    },
  }),
  "limits.in_flight_max": rule({
    unit: "count",
    reads: ["workers.count", "answers.objective", "limits.connections_max", "memory.heaps_bytes"],
    source: assumed("10,000 requests a second and worker, each 100 ms in progress, are 1,000 at once (Little's law)"),
    bounds: (read) => {
      const connections = read("limits.connections_max");
      const byHeap = Math.floor(read("memory.heaps_bytes") / 4 / REQUEST_HEAP_BYTES);
      return {
        min: { value: 1, by: reason("bound_positive", {}) },
        max:
          connections < byHeap
            ? { value: connections, by: reason("bound_in_flight_connections", { connections }) }
            : { value: byHeap, by: reason("bound_in_flight_heap", { each: REQUEST_HEAP_BYTES }) },
      };
    },
    decide: (read) => {
      const objective = read("answers.objective");
      const [workers, each] = [read("workers.count"), inFlightPerWorker[objective]];
      return { value: workers * each, reason: reason("in_flight", { workers, each, objective }) };
    },
  }),
  "limits.head_bytes_max": rule({
    unit: "bytes",
    reads: ["adapter"],
    source: documented("https://nodejs.org/api/cli.html#--max-http-header-sizesize"),
    decide: (read) => {
      const { headBytesLimit } = capabilities[read("adapter")];
      return headBytesLimit.has ? { value: HEAD_BYTES_MAX, reason: reason("head_bytes", {}) } : absent(headBytesLimit);
    },
  }),
  "limits.url_bytes_max": rule({
    unit: "bytes",
    reads: [],
    source: documented("https://www.rfc-editor.org/rfc/rfc9110#section-4.1"),
    decide: () => ({ value: KiB(8), reason: reason("url_bytes", {}) }),
  }),
  "limits.requests_per_connection_max": rule({
    unit: "count",
    reads: ["adapter"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_requests"),
    decide: (read) => {
      const { requestsPerConnection } = capabilities[read("adapter")];
      if (!requestsPerConnection.has) return absent(requestsPerConnection);
      return { value: 1000, reason: reason("requests_per_connection", {}) };
    },
  }),
  "limits.body_bytes_max": rule({
    unit: "bytes",
    reads: ["answers.workload", "limits.bodies_bytes_max"],
    source: assumed("1 MiB is nginx's default; uploads and files that pass through need more, file servers less"),
    bounds: (read) => {
      const bodies = read("limits.bodies_bytes_max");
      const value = floorTo(bodies / BODIES_AT_ONCE_MIN, KiB(1));
      return { max: { value, by: reason("bound_body", { bodies, atOnce: BODIES_AT_ONCE_MIN }) } };
    },
    decide: (read) => {
      const workload = read("answers.workload");
      return { value: bodyBytesWanted[workload], reason: reason("body", { workload }) };
    },
  }),
  "limits.bodies_bytes_max": rule({
    unit: "bytes",
    reads: ["memory.bodies_bytes"],
    source: derived("the budget's row, divided by the copies that exist while a body is put together"),
    decide: (read) => ({
      // The server accounts for bodies in whole KiB.
      value: floorTo(read("memory.bodies_bytes") / BODY_COPIES, KiB(1)),
      reason: reason("bodies", { copies: BODY_COPIES }),
    }),
  }),
  "limits.nofile_min": rule({
    unit: "count",
    reads: ["limits.connections_max", ...threadsReads, "features.static-files"],
    source: engineLimits,
    decide: (read) => {
      const sockets = read("limits.connections_max");
      const files = sockets * (descriptorsPerConnection(read("features.static-files")) - 1);
      const threads = (readThreads(read) + 1) * DESCRIPTORS_PER_THREAD;
      return {
        value: sockets + files + threads + DESCRIPTORS_BASE,
        reason: reason("nofile", { sockets, files, threads, rest: DESCRIPTORS_BASE }),
      };
    },
  }),
} satisfies RuleTable<KeysOf<"limits">>;

export const wantedConnectionReads = [...connectionReads, "answers.connections", "memory.connections_bytes"] as const;

/** Connections that were asked for or have memory, whatever descriptors there are. */
export function wantedConnections(read: Read<(typeof wantedConnectionReads)[number]>): number {
  return read("answers.connections") ?? Math.floor(read("memory.connections_bytes") / eachConnectionBytes(read));
}
