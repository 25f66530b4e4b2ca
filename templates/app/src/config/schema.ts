/**
 * The server's settings: the one contract between the tuned file, the user's overrides and the code.
 *
 * Idea: two levels, `[section]` and `key`; a unit and a limit come last in the name. A key that a runtime
 * does not have is optional here and left out of the tuned file, with the reason in a comment there. So is a key of
 * a feature that the server was made without: its default is what holds then.
 * Only the control plane imports this module at run time; workers get plain data and import its types.
 */
import { z } from "zod";

const port = z.number().int().min(0).max(65_535);
const count = z.number().int().min(1);
const bytes = z.number().int().min(0);
/** One day: longer than any timer here should run, far below the 2^31 ms at which timers overflow. */
const ms = z.number().int().min(0).max(86_400_000);
const seconds = z.number().int().min(0).max(63_072_000);
const percentOrNone = z.number().int().min(0).max(100);
/** What a header's value may hold without being quoted or encoded (RFC 9110, section 5.5). */
const headerValue = z.string().regex(/^[\x20-\x7e]*$/);
/** From the environment a list is read as text with commas. */
const texts = z.array(z.string().min(1));

/** A fact of the target; a project of an older generator records none, and nothing is compared then. */
const fact = z.number().int().min(1).optional();

export const schema = z.strictObject({
  target: z.strictObject({
    os: z.enum(["linux", "darwin", "win32"]).optional().describe("System that the plan was made for."),
    cpu_millis: fact.describe("Thousandths of a CPU that the plan was made for."),
    cpu_millis_low: fact.describe("The fewest for which the plan would be the same."),
    cpu_millis_high: fact.describe("The most for which the plan would be the same."),
    memory_bytes: fact.describe("Memory that the plan was made for."),
    nofile: fact.describe("File descriptors that the plan was made for: the hard limit."),
    nofile_high: fact.describe("The most for which the plan would be the same; the fewest are limits.nofile_min."),
    somaxconn: fact.describe("The kernel's bound on backlogs that the plan was made for."),
    somaxconn_high: fact.describe(
      "The largest for which the plan would be the same; the smallest is server.backlog_max.",
    ),
  }),
  server: z.strictObject({
    host: z.string().min(1).describe("Address that the data plane listens on."),
    port: port.describe("TCP port of the data plane; 0 lets the kernel choose."),
    backlog_max: count.max(65_535).optional().describe("Connections that may wait to be accepted, per listener."),
    trailing_slash: z
      .enum(["strict", "redirect"])
      .default("strict")
      .describe("A path that differs from a route by its last slash: 404, or 308 to the route."),
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
    handler_ms: ms.default(0).describe("Time that a handler gets to answer; more gets 503. 0: no bound."),
    drain_delay_ms: ms.describe('Time between "not ready" and closing the listeners, for load balancers to notice.'),
    drain_ms: ms.describe("Time that requests in flight get to finish when the server stops."),
  }),
  limits: z.strictObject({
    connections_max: count.describe(
      "Connections that the plan's memory and file descriptors provide for, all workers together.",
    ),
    in_flight_max: count.describe(
      "Requests being handled at once, all workers together; more get 503. One whose body is on its way is not counted.",
    ),
    head_bytes_max: bytes.min(1024).optional().describe("Size of a request's head; more gets 431."),
    url_bytes_max: bytes.min(64).default(8192).describe("Length of a request's URL; more gets 414."),
    requests_per_connection_max: bytes
      .optional()
      .describe("Requests after which a connection is closed, so that load balances anew. 0: no bound."),
    body_bytes_max: bytes.describe("Size of one request's body; more gets 413."),
    bodies_bytes_max: bytes.describe("Body bytes held in memory at once, all workers together; more get 503."),
    nofile_min: count.describe("File descriptors that the process needs: connections, listeners, files."),
  }),
  proxy: z.strictObject({
    trusted: texts
      .default([])
      .describe("Addresses and CIDR ranges of proxies whose word on the client's address counts."),
    header: z
      .enum(["none", "x-forwarded-for", "forwarded"])
      .default("none")
      .describe("The one field that those proxies write; any other is ignored."),
  }),
  rate_limit: z.strictObject({
    requests_per_s: bytes
      .max(1_000_000)
      .default(0)
      .describe("Requests per second that one client may make on average. 0: no limit."),
    burst: count.default(1).describe("Requests that one client may make at once before the average counts."),
    clients_max: count
      .max(16_777_216)
      .default(1024)
      .describe(
        "Clients that are told apart at a time, all workers together, for each limit that they meet; 16 bytes each. Those above it share limits.",
      ),
    in_flight_per_client_max: bytes
      .max(65_535)
      .default(0)
      .describe("Requests of one client being handled at once. 0: no limit."),
    fields: z
      .enum(["refused", "all"])
      .default("refused")
      .describe("Answers that carry the RateLimit fields: those with 429, or all of limited routes."),
  }),
  overload: z.strictObject({
    lag_ms_high: ms.default(0).describe("Event-loop lag above which a worker is overloaded. 0: not looked at."),
    in_flight_percent_high: percentOrNone
      .default(0)
      .describe("Share of limits.in_flight_max above which it is overloaded. 0: not looked at."),
    memory_percent_high: percentOrNone
      .default(0)
      .describe("Share of memory.rss_high_bytes above which it is overloaded. 0: not looked at."),
    heap_percent_high: percentOrNone
      .default(0)
      .describe("Share of its heap's limit above which a worker is overloaded. 0: not looked at."),
    hold_ms: ms
      .default(0)
      .describe("Time that every sign must stay below three quarters of its mark (memory: 95 %) before a step back."),
    retry_after_s: seconds
      .min(1)
      .default(1)
      .describe("What clients that are turned away are told to wait, at least; up to twice that, so that they spread."),
  }),
  cache: z.strictObject({
    zone_bytes: bytes.default(0).describe("Shared memory of the response cache, all workers together."),
    entry_bytes_max: bytes.default(0).describe("Size of one cached response, with its head; a larger one is not kept."),
    ttl_ms: ms.default(0).describe("Freshness of a cached response whose route and Cache-Control say nothing."),
    stale_ms: ms.default(0).describe("Time after that in which the old response is served while a new one is made."),
  }),
  static: z.strictObject({
    root: z.string().min(1).default("public").describe("Folder of the static files."),
    prefix: z
      .string()
      .regex(/^\/(?:[^\s/?#%\\]+\/)*$/)
      .default("/")
      .describe("Path below which they are served; begins and ends with a slash."),
    index: z
      .string()
      .regex(/^(?:[^./\\][^/\\]*)?$/)
      .default("index.html")
      .describe("File that stands for its folder; empty: none."),
    max_age_s: seconds.default(0).describe("How long clients may keep a file without asking; 0: they ask each time."),
    memory_bytes: bytes.default(0).describe("Small files held in memory, per worker."),
    memory_file_bytes_max: bytes.default(0).describe("Size up to which a file counts as small."),
    files_max: bytes
      .max(1_000_000)
      .default(0)
      .describe("Files that are known by name; a larger folder is looked up file by file. 0: nothing is served."),
    fingerprints: z
      .enum(["none", "hex", "base64"])
      .default("none")
      .describe("Which names hold a hash of their content, so that clients may keep the file for a year."),
    watch: z.boolean().default(false).describe("Whether a changed folder is read anew at once; for development."),
  }),
  compression: z.strictObject({
    bytes_min: bytes.default(0).describe("Replies smaller than this are sent as they are."),
    bytes_max: bytes.default(0).describe("Replies larger than this are compressed as a stream."),
    level: z
      .number()
      .int()
      .min(1)
      .max(9)
      .default(1)
      .describe("gzip's effort; Brotli and Zstandard use theirs of like cost."),
    streams_max: bytes
      .default(0)
      .describe("Streams compressed at once, per worker; further ones are sent as they are."),
    types: texts.default([]).describe("Media types that are compressed; 'text/*' stands for all text."),
  }),
  security_headers: z.strictObject({
    nosniff: z.boolean().default(false).describe("X-Content-Type-Options: nosniff; false: not sent."),
    hsts_s: seconds.default(0).describe("Strict-Transport-Security's max-age; 0: not sent, nor without TLS."),
    hsts_subdomains: z
      .boolean()
      .default(false)
      .describe("Whether Strict-Transport-Security speaks for all subdomains too."),
    content_security_policy: headerValue.default("").describe("Content-Security-Policy; empty: not sent."),
    frame_options: z.enum(["DENY", "SAMEORIGIN", ""]).default("").describe("X-Frame-Options; empty: not sent."),
    referrer_policy: headerValue.default("").describe("Referrer-Policy; empty: not sent."),
    permissions_policy: headerValue.default("").describe("Permissions-Policy; empty: not sent."),
    cross_origin_opener_policy: headerValue.default("").describe("Cross-Origin-Opener-Policy; empty: not sent."),
    cross_origin_resource_policy: headerValue.default("").describe("Cross-Origin-Resource-Policy; empty: not sent."),
    cross_origin_embedder_policy: headerValue.default("").describe("Cross-Origin-Embedder-Policy; empty: not sent."),
  }),
  cors: z.strictObject({
    origins: texts.default([]).describe("Origins that may read answers; '*' alone means any, without credentials."),
    methods: texts.default([]).describe("Methods that a preflight allows."),
    headers: texts.default([]).describe("Request headers that a preflight allows."),
    exposed: texts.default([]).describe("Response headers that scripts may read."),
    credentials: z.boolean().default(false).describe("Whether cookies and authentication may come along."),
    max_age_s: seconds.default(0).describe("How long a preflight's answer may be kept."),
    private_network: z
      .boolean()
      .default(false)
      .describe("Whether pages of the public internet may reach this server in a private network."),
  }),
  auth: z.strictObject({
    users_file: z
      .string()
      .min(1)
      .optional()
      .describe("File of users with scrypt hashes; read by the control plane only."),
    bearer_file: z
      .string()
      .min(1)
      .optional()
      .describe("File of bearer tokens' SHA-256; read by the control plane only."),
    realm: headerValue.default("server").describe("What a browser shows when it asks for a password."),
    remembered_max: bytes.default(0).describe("Verified passwords remembered as keyed hashes, per worker."),
    remembered_ms: ms.default(0).describe("How long one is remembered."),
    hashes_max: count
      .max(64)
      .default(1)
      .describe("Passwords being verified at once, per worker; more get 503. Each takes its hash's memory."),
    failures_max: bytes
      .max(4095)
      .default(0)
      .describe("Failed attempts of one client within the window, all workers together; more get 429. 0: no limit."),
    failures_window_ms: ms.default(60_000).describe("The window in which failed attempts are counted."),
  }),
  tasks: z.strictObject({
    threads: bytes.default(0).describe("Threads for CPU-heavy work, beside the workers."),
    queue_max: bytes.default(0).describe("Tasks that may wait for a thread; more get 503."),
    deadline_ms: ms.default(0).describe("Time from a task's submission to its result; more gets 503."),
  }),
  request_id: z.strictObject({
    header: z
      .string()
      .regex(/^[a-z0-9-]*$/)
      .default("")
      .describe("Header that carries the request's id; empty: it is not sent."),
    accept: z.boolean().default(false).describe("Whether a well-formed id that came with the request is kept."),
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
    token_file: z
      .string()
      .min(1)
      .optional()
      .describe("File whose text a caller must send as a bearer token to get what can hold secrets: heap snapshots."),
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
    features_bytes: bytes
      .default(0)
      .describe("Budget: what features hold: cached responses, small files, the clients that limits tell apart."),
    scratch_bytes: bytes.default(0).describe("Budget: the workers' arenas and buffers that are used again and again."),
    headroom_bytes: bytes.describe("Budget: left free for fragmentation, page cache and bursts."),
    rss_high_bytes: bytes.describe("Resident size above which the server reports memory pressure."),
    arena_bytes: bytes
      .min(256)
      .max(16_777_216)
      .default(8192)
      .describe("Size of a request's arena, which handlers take short-lived memory from."),
    arenas_max: bytes.max(65_536).default(16).describe("Arenas that a worker keeps for the next requests."),
    arena_spill_bytes_max: bytes
      .default(1_048_576)
      .describe("What one request may take beyond its arena; more is an error of its handler."),
    trim_ms: ms.default(30_000).describe("Buffers that were not needed for this long go back to the system."),
    zero_on_release: z
      .boolean()
      .default(false)
      .describe("Whether arenas and pooled buffers are zeroed when they are given back; for handlers of secrets."),
    debug: z
      .boolean()
      .default(false)
      .describe("Whether given-back memory is poisoned, and misuse of arenas and pools is an error; for tests."),
    log_arena: z.boolean().default(true).describe("Whether log lines are encoded together, into an arena."),
    metrics_arena: z.boolean().default(false).describe("Whether the metrics page is encoded into an arena."),
    body_assembly: z
      .boolean()
      .default(false)
      .describe("Whether a body that arrives in chunks is gathered in one growing buffer."),
    encode_scratch: z
      .boolean()
      .default(false)
      .describe("Whether text is encoded into one buffer of the worker before it is copied where it belongs."),
    encode_bytes: bytes
      .max(16_777_216)
      .default(16_384)
      .describe("Size of that buffer; longer text is encoded on its own."),
    file_pool: z.boolean().default(false).describe("Whether files are read into buffers that are used again."),
    file_chunks_max: bytes.max(4096).default(8).describe("Buffers of 64 KiB that a worker keeps for the next files."),
    frame_batch: z
      .boolean()
      .default(false)
      .describe("Whether messages to one WebSocket within a turn of the event loop leave in one write."),
    gc_metrics: z
      .boolean()
      .default(false)
      .describe("Whether pauses of the garbage collector are counted, where the runtime tells them."),
  }),
  watchdog: z.strictObject({
    drift_percent: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(5)
      .describe("How far the memory that is granted may fall short of the plan before it is a drift."),
    on_unsafe: z
      .enum(["refuse", "warn"])
      .default("refuse")
      .describe("What a start does when the granted memory cannot hold the plan."),
    rss_percent_roll: percentOrNone
      .default(0)
      .describe("Share of memory.rss_high_bytes above which the worker with the largest heap is replaced. 0: never."),
    heap_percent_roll: percentOrNone
      .default(0)
      .describe("Share of its heap's limit above which a worker is replaced. 0: never."),
    roll_ms_min: ms.default(30_000).describe("Shortest time between two such replacements."),
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
  bench: z.strictObject({
    runs: count.max(100).default(6).describe("Runs of each case; cases take turns, and a figure is the runs' median."),
    seconds: count.max(3600).default(3).describe("Measured time of each run."),
    warmup_seconds: bytes.max(3600).default(2).describe("Time before it that is not measured."),
    connections: count.max(65_535).default(64).describe("Connections that keep the server busy."),
    pipeline: count.max(64).default(16).describe("Requests in one go on a connection, in the cases that pipeline."),
    idle_connections: count.max(1_000_000).default(1000).describe("Connections that are opened and left idle."),
    socket_clients: count.max(65_535).default(100).describe("WebSocket clients; a broadcast goes to all of them."),
    upload_bytes: count.default(65_536).describe("Size of an uploaded body."),
    sessions: count.max(1_000_000).default(10_000).describe("Sessions of the sessions workload."),
    cached_requests: count.max(1_000_000).default(5000).describe("Cached answers of the sessions workload."),
  }),
});

/** All settings with their defaults resolved: what the server runs with. */
export type ServerConfig = z.infer<typeof schema>;

/** Dotted names of all settings, such as "limits.body_bytes_max". */
export type SettingKey = {
  [Section in keyof ServerConfig & string]: `${Section}.${keyof ServerConfig[Section] & string}`;
}[keyof ServerConfig & string];

/** The settings as a file gives them: those of absent features are left out. */
type GivenConfig = z.input<typeof schema>;

/** The type of one setting's value; keys that a runtime or a server without the feature lacks are undefined there. */
export type SettingValue<Key extends SettingKey> = Key extends `${infer Section}.${infer Name}`
  ? Section extends keyof GivenConfig
    ? Name extends keyof GivenConfig[Section]
      ? GivenConfig[Section][Name]
      : never
    : never
  : never;
