/**
 * The server's settings: the one contract between the tuned file, the user's overrides and the code.
 *
 * Idea: two levels, `[section]` and `key`; a unit and a limit come last in the name. A key that a runtime
 * does not have is optional here and left out of the tuned file, with the reason in a comment there.
 * Only the control plane imports this module at run time; workers get plain data and import its types.
 */
import { z } from "zod";

const port = z.number().int().min(0).max(65_535);
const count = z.number().int().min(1);
const bytes = z.number().int().min(0);
/** One day: longer than any timer here should run, far below the 2^31 ms at which timers overflow. */
const ms = z.number().int().min(0).max(86_400_000);

export const schema = z.strictObject({
  server: z.strictObject({
    host: z.string().min(1).describe("Address that the data plane listens on."),
    port: port.describe("TCP port of the data plane; 0 lets the kernel choose."),
    backlog_max: count.max(65_535).optional().describe("Connections that may wait to be accepted, per listener."),
  }),
  workers: z.strictObject({
    mode: z.enum(["threads", "inline"]).describe("Worker threads, or the data plane inside the main thread."),
    count: count.max(512).describe("Data-plane workers, each with its own listener on the same port."),
    restart_ms_min: ms.describe("First pause before a dead worker is replaced; doubles with each further death."),
    restart_ms_max: ms.describe("Longest pause before a dead worker is replaced."),
    restarts_max: count.describe("Deaths within the window after which the process gives up."),
    restart_window_ms: ms.describe("The window in which deaths are counted."),
    stall_ms_max: ms.describe("A worker whose event loop has not turned for this long is replaced."),
  }),
  timeouts: z.strictObject({
    head_ms: ms.optional().describe("Time to receive a request's complete head."),
    request_ms: ms.optional().describe("Time to receive a complete request, body included."),
    idle_ms: ms.optional().describe("Time that a connection may stay open without traffic."),
    drain_delay_ms: ms.describe('Time between "not ready" and closing the listeners, for load balancers to notice.'),
    drain_ms: ms.describe("Time that requests in flight get to finish when the server stops."),
  }),
  limits: z.strictObject({
    connections_max: count.describe(
      "Connections that the plan's memory and file descriptors provide for, all workers together.",
    ),
    in_flight_max: count.describe("Asynchronous requests being handled at once, all workers together; more get 503."),
    head_bytes_max: bytes.min(1024).optional().describe("Size of a request's head; more gets 431."),
    body_bytes_max: bytes.describe("Size of one request's body; more gets 413."),
    bodies_bytes_max: bytes.describe("Body bytes held in memory at once, all workers together; more get 503."),
    nofile_min: count.describe("File descriptors that the process needs: connections, listeners, files."),
  }),
  websocket: z.strictObject({
    connections_max: bytes.describe("Open WebSockets, all workers together; more get 503."),
    message_bytes_max: bytes.min(125).describe("Size of one incoming message; more closes with 1009."),
    unsent_bytes_max: bytes.describe("Bytes queued for one slow receiver; more closes its socket."),
    idle_ms: ms.describe("A socket that neither sends nor answers pings for this long is closed."),
  }),
  tls: z.strictObject({
    mode: z
      .enum(["off", "files", "dev"])
      .describe("Plain text, TLS with certificate files, or with files that are made for development when missing."),
    profile: z.enum(["modern", "intermediate"]).describe("Mozilla's profile: modern is TLS 1.3 only."),
    cert: z.string().min(1).optional().describe("Path of the certificate chain, PEM."),
    key: z.string().min(1).optional().describe("Path of the private key, PEM; read by the control plane only."),
  }),
  log: z.strictObject({
    level: z.enum(["debug", "info", "warn", "error"]).describe("Least severe level that is written."),
    format: z.enum(["json", "text"]).describe("JSON lines for collectors, or text for people."),
    requests: z.enum(["none", "errors", "all"]).describe("Which requests get a line of their own."),
    batch_bytes: bytes
      .min(1024)
      .max(67_108_864)
      .describe("Log lines are gathered in a buffer of this size, one per worker."),
    flush_ms: ms.min(1).describe("Longest time that a line waits in the buffer."),
  }),
  admin: z.strictObject({
    host: z.string().min(1).describe("Address of the admin listener; loopback unless you know why."),
    port: port.describe("TCP port of the admin listener; 0 lets the kernel choose."),
  }),
  zones: z.strictObject({
    latency_steps: z
      .union([z.literal(4), z.literal(8), z.literal(16), z.literal(32)])
      .describe("Latency histogram buckets per power of two: 8 means steps of at most 12.5 %."),
  }),
  memory: z.strictObject({
    limit_bytes: bytes.describe("What the target grants the process: the cgroup's limit, or the machine's memory."),
    base_bytes: bytes.describe("Budget: the runtime itself, with its code and the control plane."),
    heaps_bytes: bytes.describe("Budget: JavaScript heaps, all threads together."),
    zones_bytes: bytes.describe("Budget: shared zones and log buffers."),
    connections_bytes: bytes.describe("Budget: connections and sockets, with their kernel buffers."),
    bodies_bytes: bytes.describe("Budget: request bodies held in memory."),
    headroom_bytes: bytes.describe("Budget: left free for fragmentation, page cache and bursts."),
    rss_high_bytes: bytes.describe("Resident size above which the server reports memory pressure."),
  }),
  engine: z.strictObject({
    heap_bytes_max: bytes.optional().describe("Deno: V8 old space, per thread; beyond it that thread dies."),
    semi_space_bytes_max: bytes.optional().describe("Deno: V8 young generation semi-space, per thread."),
    ram_bytes: bytes.optional().describe("Bun: memory size that JavaScriptCore scales its collections by."),
    smol: z.boolean().optional().describe("Bun: smaller heaps and more frequent collections."),
  }),
  allocator: z.strictObject({
    backend: z.enum(["glibc", "mimalloc", "jemalloc", "tcmalloc", "system"]).describe("The malloc under the runtime."),
    profile: z.enum(["balanced", "throughput", "lean"]).describe("How eagerly freed memory goes back to the system."),
  }),
});

/** All settings with their defaults resolved: what the server runs with. */
export type ServerConfig = z.infer<typeof schema>;

/** Dotted names of all settings, such as "limits.body_bytes_max". */
export type SettingKey = {
  [Section in keyof ServerConfig & string]: `${Section}.${keyof ServerConfig[Section] & string}`;
}[keyof ServerConfig & string];

/** The type of one setting's value; keys that a runtime may lack are undefined there. */
export type SettingValue<Key extends SettingKey> = Key extends `${infer Section}.${infer Name}`
  ? Section extends keyof ServerConfig
    ? Name extends keyof ServerConfig[Section]
      ? ServerConfig[Section][Name]
      : never
    : never
  : never;
