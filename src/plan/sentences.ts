/**
 * Every reason in English, one sentence or two per code. This is the only place in plan/ where a person is spoken to;
 * rules and conflicts name a code and give its arguments.
 */
import type { FeatureName } from "../answers/choices.ts";
import { formatBytes, formatCpus, formatMs } from "../lib/units.ts";

const count = (value: number): string => String(value);
const percent = (share: number): string => `${trim(share * 100)} %`;
const trim = (value: number): string => String(Math.round(value * 100) / 100);

/** What a use of arenas or pools was measured to be worth: a median ratio, and the least and most of its pairs. */
type Worth = Readonly<Record<"ratio" | "low" | "high" | "pairs", number>>;
const worthText = ({ ratio, low, high, pairs }: Worth): string =>
  pairs === 1 ? `${trim(ratio)} (one pair of servers)` : `${trim(ratio)} (${trim(low)} to ${trim(high)})`;

export const sentences = {
  // Server and admin listener
  not_on_runtime: ({ why }: { why: string }) => why,
  pinned: ({ recommended, why }: { recommended: string; why: string }) =>
    `Pinned; recommended is ${recommended}. ${why}`,
  feature_off: ({ feature }: { feature: FeatureName }) => `The feature ${feature} is left out.`,
  host_direct: () => "Clients connect from outside, so it listens on all addresses.",
  host_container: () => "In a container the proxy is outside, so it listens on all addresses of the container.",
  host_proxy: () => "Only the proxy on the same machine connects, so nothing else can.",
  port_answer: () => "The port that was answered.",
  slash_redirect: () => "A link to a folder without its slash is the commonest slip; file servers forgive it.",
  slash_strict: () => "Two addresses for one thing are two entries in every cache and log.",
  backlog: ({ workload }: { workload: string }) =>
    workload === "realtime"
      ? "After a restart all clients reconnect at once; the queue holds them until they are accepted."
      : "Room for a burst of new connections between two turns of the event loop.",
  bound_somaxconn: ({ somaxconn }: { somaxconn: number }) =>
    `The kernel silently cuts every backlog to net.core.somaxconn = ${count(somaxconn)}; raise that first.`,
  admin_host: () => "Metrics and configuration are for this machine; a collector elsewhere needs a tunnel or an agent.",
  admin_port: ({ taken }: { taken: boolean }) =>
    taken
      ? "The usual port of a Prometheus endpoint, 9464, is the server's own here; the next one is taken."
      : "The usual port of an OpenTelemetry Prometheus endpoint.",

  // Workers
  mode_isolate: () => "The platform runs one isolate and starts no threads.",
  mode_threads_many: ({ workers }: { workers: number }) =>
    `${count(workers)} workers each need a thread; the control plane keeps the main thread.`,
  mode_threads_one: ({ threshold }: { threshold: number }) =>
    `From ${formatBytes(threshold)} on, a thread for the control plane costs at most a sixteenth of the memory, and the admin listener then answers while the worker is busy.`,
  mode_inline: ({ threshold }: { threshold: number }) =>
    `Below ${formatBytes(threshold)} a second thread would cost more than a sixteenth of the memory, so one thread does both.`,
  workers_cpus: ({ cpus }: { cpus: number }) =>
    `One worker per whole CPU, of ${formatCpus(cpus)}; the control plane is idle almost always and needs none.`,
  workers_fraction: ({ cpus }: { cpus: number }) => `${trim(cpus)} of a CPU feeds one worker.`,
  workers_latency: ({ cpus }: { cpus: number }) =>
    `Of ${formatCpus(cpus)} one is left to collectors, compilers and the kernel, which would else interrupt a worker.`,
  workers_tasks: ({ cpus, threads }: { cpus: number; threads: number }) =>
    `${formatCpus(cpus)} feed ${count(threads)} ${threads === 1 ? "thread" : "threads"}; what the CPU-heavy work does not take is workers', one at least.`,
  workers_memory: ({ cpus }: { cpus: number }) =>
    `A worker for every second CPU of ${formatCpus(cpus)}: half the heaps, for the sake of memory.`,
  bound_positive: () => "At least one.",
  bound_workers_schema: ({ workers }: { workers: number }) => `The server starts at most ${count(workers)} workers.`,
  bound_workers_memory: ({ heaps, wanted }: { heaps: number; wanted: number }) =>
    `The budget has ${formatBytes(heaps)} for heaps, and a further worker is worth having from ${formatBytes(wanted)} each on.`,
  bound_descriptors: ({ nofileHard }: { nofileHard: number }) =>
    `The hard limit on open files is ${count(nofileHard)}; a quarter of it is kept for everything but connections.`,
  bound_isolate: () => "The platform runs one isolate.",
  restart_first: () => "The first replacement is quick: 100 ms, as systemd waits.",
  restart_longest: () => "Longer pauses help nobody: after half a minute it is worth another try.",
  restarts: () => "Every worker may die once in the window, and one of them twice.",
  bound_restarts_min: () => "Five deaths, systemd's own measure, before the process gives up.",
  bound_restarts_max: () =>
    "Each pause doubles, so more deaths would not fit into the window and it would never give up.",
  restart_window: () => "Long enough for all permitted restarts with their pauses, so that giving up can happen.",
  stall: ({ cpus }: { cpus: number }) =>
    cpus < 1
      ? `No collection and no sane handler holds the event loop for 10 s of a whole CPU; this is ${trim(cpus)} of one.`
      : "No collection and no sane handler holds the event loop for 10 s.",
  bound_stall: () => "A worker that has not turned for two minutes is dead for its clients.",

  // Timeouts
  head_timeout: () => "A client that needs longer for a request's head is broken or hostile.",
  request_timeout: ({ workload }: { workload: string }) =>
    workload === "upload"
      ? "Large bodies over slow lines take minutes; five is Node's own default."
      : "Time for a whole request, with room for slow lines; stricter than Node's default of five minutes.",
  idle_proxy: () =>
    "Longer than the proxy keeps its connections (nginx: 60 s), so that the proxy closes first and never sends into a closing one.",
  idle_direct: () => "Idle clients cost memory; a browser that comes back within 30 s saves a handshake.",
  idle_upload: () => "A slow upload may pause; half a minute would cut it.",
  bound_bun_idle: () => "Bun stores the time in a byte of seconds: 255 at most.",
  bound_bun_idle_handler: ({ handlerMs }: { handlerMs: number }) =>
    `Bun cuts an answer as well that is silent this long: a handler's ${formatMs(handlerMs)} end 5 s before it, with 503.`,
  bound_bun_handler: () => "Bun cuts an answer that is silent for 255 s at the latest; 503 must come before it.",
  drain_delay_direct: () => "No load balancer has to notice first.",
  drain_delay_proxy: () => "The proxy must see that the server is no longer ready before its listeners close.",
  drain_delay_docker: () => "The proxy must notice first, and docker stop leaves 10 s for everything.",
  drain: () => "Requests in flight get half a minute; systemd waits 90 s before it kills.",
  drain_docker: ({ delayMs }: { delayMs: number }) =>
    `docker stop kills after 10 s, unless it is told otherwise: 9 s${delayMs === 0 ? "" : `, less the ${formatMs(delayMs)} before`}. A longer drain needs a longer --stop-timeout.`,

  handler_timeout: ({ workload }: { workload: string }) =>
    workload === "upload" || workload === "mixed"
      ? "A handler that reads a body waits for the client, so it gets as long as a whole request."
      : "Half of the minute that nginx waits for an answer, so that the client hears it from the server.",

  // Limits
  connections: ({ each, share }: { each: number; share: number }) =>
    `${formatBytes(share)} for connections at ${formatBytes(each)} each: process, kernel, partial heads and queued messages.`,
  connections_asked: ({ each }: { each: number }) =>
    `As many as asked for; the budget holds ${formatBytes(each)} for each.`,
  bound_nr_open: ({ connections }: { connections: number }) =>
    `Linux lets a process open ${count(connections)} files at most unless fs.nr_open is raised.`,
  in_flight: ({ workers, each, objective }: { workers: number; each: number; objective: string }) =>
    `${count(each)} per worker for ${count(workers)}: more would only wait longer, and the objective is ${objective}.`,
  bound_in_flight_connections: ({ connections }: { connections: number }) =>
    `A connection has one request in progress, and there are ${count(connections)} connections.`,
  bound_in_flight_heap: ({ each }: { each: number }) =>
    `A quarter of the heaps at ${formatBytes(each)} per request in progress.`,
  head_bytes: () => "16 KiB hold every sane set of headers and cookies; Node and Bun draw the same line.",
  url_bytes: () => "RFC 9110 asks for 8000 octets at least; nginx takes 8 KiB in one buffer.",
  requests_per_connection: () => "nginx's default: now and then a client connects anew, and load spreads.",
  body: ({ workload }: { workload: string }) =>
    ({
      api: "JSON bodies are small; 1 MiB is nginx's default as well.",
      static: "Requests for files have no body worth mentioning.",
      realtime: "Messages go by WebSocket; a form or a token fits.",
      upload: "Large bodies are what this server is for.",
      mixed: "Documents and pictures fit; videos need a server for uploads.",
    })[workload] ?? "What the workload expects.",
  bound_body: ({ bodies, atOnce }: { bodies: number; atOnce: number }) =>
    `${count(atOnce)} of the largest bodies must fit into the ${formatBytes(bodies)} for all bodies, or one client could block the others.`,
  bodies: ({ copies }: { copies: number }) =>
    `The budget's row divided by ${count(copies)}: while a body's pieces are joined, it is held twice.`,
  nofile: ({ sockets, files, threads, rest }: { sockets: number; files: number; threads: number; rest: number }) =>
    `${count(sockets)} for connections, ${count(files)} for files being sent, ${count(threads)} for threads and listeners, ${count(rest)} for everything else.`,

  // Clients' addresses
  trusted_loopback: () =>
    "A proxy on the same machine connects from loopback. In a container it does not: add its address or its network's range, or all clients count as one.",
  trusted_nobody: () => "Clients connect directly, and what they say of their own address proves nothing.",
  forwarded_proxy: () => "The field that nginx, HAProxy and load balancers write; each adds the address that it sees.",
  forwarded_nobody: () => "No proxy is in front, so nobody's word is read.",

  // Rate limit
  rate: ({ workload }: { workload: string }) =>
    workload === "static" || workload === "mixed" || workload === "api"
      ? "Far above what a person's browser asks for, and room for an office behind one address."
      : "Clients open few connections and keep them; more is a loop or an attack.",
  burst: ({ seconds }: { seconds: number }) => `The requests of ${count(seconds)} seconds at once, as a page loads.`,
  clients: ({ share, each }: { share: number; each: number }) =>
    `${formatBytes(share)} for the tables of clients, at ${formatBytes(each)} each: two cells and a count.`,
  bound_clients: ({ clients }: { clients: number }) =>
    `More than ${count(clients)} clients at a time are an attack, and those beyond share limits.`,
  client_in_flight: () => "Ten browsers behind one address, with six connections each.",
  rate_fields: () =>
    "A client that stays within its limit needs to know nothing, and fields cost a little on every answer.",
  bound_client_in_flight: ({ inFlight }: { inFlight: number }) =>
    `One client may hold a quarter of the ${count(inFlight)} requests that are handled at once.`,

  // Overload
  lag: ({ objective, cpus }: { objective: string; cpus: number }) =>
    `A worker whose event loop comes this late has more than it can do; the objective is ${objective}${cpus < 1 ? `, and ${trim(cpus)} of a CPU pauses by itself` : ""}.`,
  bound_lag: ({ stallMs }: { stallMs: number }) =>
    `A quarter of the ${formatMs(stallMs)} after which a worker counts as dead: shedding comes first.`,
  in_flight_high: () => "At four fifths a queue is four deep on average and still empties; at nine tenths it is nine.",
  memory_high: () => "Envoy's mark for giving memory back; what comes next is the limit.",
  memory_high_small: ({ smallest }: { smallest: number }) =>
    `Deno in one thread may not read what its resident size consists of, and below ${formatBytes(smallest)} the runtime's code alone, most of which the kernel can drop, would make the server look overloaded at rest.`,
  overload_tight: ({ smallest }: { smallest: number }) =>
    `Below ${formatBytes(smallest)}, twice the smallest target, the server at rest is most of the mark: it would look overloaded.`,
  overload_hold: () => "Long enough that it does not flap between serving and refusing.",
  overload_retry: () => "Not before the server can have recovered.",

  // Response cache
  cache_zone: ({ share }: { share: number }) =>
    `${percent(share)} of the spare memory, for routes that ask to be cached; filled once for all workers.`,
  cache_too_small: ({ smallest }: { smallest: number }) =>
    `Its share is below ${formatBytes(smallest)} and would hold next to nothing, so nothing is cached here.`,
  bound_cache: () => "More than 1 GiB of responses is a job for a cache of its own.",
  cache_entry: () => "memcached's own limit; larger answers are files.",
  bound_cache_entry: ({ zone, entries }: { zone: number; entries: number }) =>
    `${count(entries)} of the largest entries must fit into ${formatBytes(zone)}, or one would empty the cache.`,
  cache_ttl: () => "A second: an answer is made once a second instead of at every request, and nobody notices its age.",
  cache_stale: () => "While a new answer is made, the old one is served; nobody waits for it.",

  // Static files
  static_root: () => "The folder whose files build tools copy as they are.",
  static_prefix: () => "Files fill what the routes leave.",
  static_index: () => "The name that every web server knows.",
  static_max_age: () =>
    "A file may change under its name, so clients ask each time and mostly get 304; names with a fingerprint are kept for a year by themselves.",
  static_memory: ({ share, workers }: { share: number; workers: number }) =>
    `${formatBytes(share)} of the budget, divided by the ${workers === 1 ? "one worker" : `${count(workers)} workers`} that the CPUs feed.`,
  bound_files: () => "Beyond 64 MiB the page cache, which all workers share, serves as well.",
  small_file: () => "Up to 64 KiB opening and reading a file costs more than sending it.",
  bound_small_file: ({ held, files }: { held: number; files: number }) =>
    `${count(files)} of the largest must fit into the ${formatBytes(held)} of a worker.`,
  known_files: ({ share, each }: { share: number; each: number }) =>
    `${formatBytes(share)} for the table of names at ${formatBytes(each)} each, the next table of a reload included; further files are looked up when asked for.`,
  fingerprints: () =>
    "Eight hexadecimal digits before the ending are a hash and nothing else; letters of base64 could be a word. Vite's names need base64.",
  static_watch: () => "Deployed files change with a deployment; a reload reads them anew.",
  bound_known_files: () => "A folder of 100,000 files is an archive, of which few are asked for.",

  // Compression
  compress_min: () => "What fits into one packet arrives no sooner when it is smaller.",
  compress_max: () =>
    "128 KiB of JSON take 0.4 to 2.3 ms; larger replies are compressed in pieces, between which other requests get their turn.",
  compress_max_latency: () =>
    "A quarter of the usual 128 KiB: half a millisecond at most, during which nothing else runs.",
  compress_level: () => "The middle between speed and size, on the thread that serves.",
  compress_level_fast: () => "nginx's default: most of the gain for the least CPU, on the thread that serves.",
  streams: ({ each }: { each: number }) =>
    `Each takes up to ${formatBytes(each)}; a sixteenth of what a thread has. Further streams are sent as they are.`,
  bound_streams: ({ streams }: { streams: number }) => `More than ${count(streams)} would only share the same core.`,
  compress_types: () => "Text in all its forms; pictures, films and fonts are compressed already.",

  // Security headers
  hsts: () => "The server speaks TLS with its own certificate: browsers use nothing else for a year.",
  hsts_dev: () => "With a self-signed certificate browsers would lock everybody out of this host for a year.",
  hsts_plain: () => "Over plain HTTP the header must not be sent and is ignored; a proxy that speaks TLS sends it.",
  hsts_subdomains: () => "Whether every subdomain speaks TLS is for its owner to know.",
  nosniff: () => "A browser takes the type that is said, and runs nothing that is not called a script.",
  csp_pages: () => "Pages load from this site only and are framed by none; allow what yours need beside that.",
  csp_data: () => "Data is nothing that a browser should run, load from or frame.",
  frame_options: () => "For browsers that do not know frame-ancestors.",
  referrer_policy: () => "Addresses may carry what is nobody else's business.",
  permissions: () =>
    "Nothing here asks for a camera, a place or a payment; a script that slipped in should not either.",
  header_pages_only: () => "It concerns pages only, and every header costs a little on every response.",
  opener_policy: () => "A window of another site keeps no handle on this one.",
  embedder_policy: () => "It would break every foreign picture; only pages that need shared memory want it.",
  resource_policy: () => "Other sites' pages do not embed these answers; CORS is not concerned.",

  // CORS
  cors_origins: () => "Nobody yet: name the sites in fastserve.toml.",
  cors_methods: () => "What APIs use; a preflight for another method fails.",
  cors_headers: () => "A token, and JSON as the content type: the two that browsers ask about.",
  cors_exposed: () => "What this server adds and a script may want to read.",
  cors_credentials: () => "Cookies stay at home unless you say otherwise.",
  cors_private: () => "No public page has a reason to reach into a private network, unless you know one.",
  cors_max_age: () => "Two hours, the most that Chromium keeps it.",

  // Authentication
  auth_no_users: () =>
    "There are no users yet: put the lines that npm run hash-password prints into a file, and name it in fastserve.toml. Until then a route that asks for a password keeps the server from starting.",
  auth_no_tokens: () =>
    "There are no tokens yet: put the lines that npm run new-token prints into a file, and name it in fastserve.toml. Until then a route that asks for a token keeps the server from starting.",
  auth_realm: () => "The project's name.",
  auth_remembered: () => "scrypt is slow on purpose; who was let in is not hashed again at every request.",
  auth_hashes: () =>
    "A password's hash takes a core and 16 MiB on purpose; the heaps' row counts them for each thread.",
  auth_failures: () => "With the window, 90 attempts an hour: less than the hundred that OWASP's standard permits.",
  auth_failures_window: () => "Ten minutes: somebody who mistypes waits, somebody who guesses gives up.",
  auth_remembered_ms: () => "A changed password counts after a minute at the latest.",

  // Tasks
  task_threads: ({ threads }: { threads: number }) =>
    `A quarter of ${count(threads)} ${threads === 1 ? "thread" : "threads"}, one at least; the others serve.`,
  task_queue: ({ threads, taskMs, deadlineMs }: { threads: number; taskMs: number; deadlineMs: number }) =>
    `At ${formatMs(taskMs)} a task, ${count(threads)} ${threads === 1 ? "thread finishes" : "threads finish"} so many within ${formatMs(deadlineMs)}; more would only miss the deadline.`,
  task_deadline: () => "Nobody waits longer for an answer, and a handler can still say so.",

  // Request ids
  request_id_header: () => "The name that proxies and log collectors know.",
  request_id_proxy: () => "True is for a proxy that sets the field itself; most pass on what the client wrote.",
  request_id_direct: () => "A stranger's id proves nothing and does not belong into the log.",

  // WebSocket
  websocket_off: () => "The websocket feature is left out.",
  websocket_connections: ({ workload }: { workload: string }) =>
    workload === "realtime"
      ? "Every connection may be a WebSocket."
      : "A part of the connections may become WebSockets.",
  message_bytes: () => "64 KiB hold any chat or telemetry message, and a message is in memory whole.",
  unsent_bytes: () => "Four of the largest messages may wait for a slow receiver; then its socket is closed.",
  bound_message_min: () => "Below 1 KiB not even small JSON passes.",
  bound_unsent_min: () => "Four messages of the smallest permitted limit.",
  bound_socket_row: ({ row }: { row: number }) =>
    `One socket may hold at most a sixteenth of the ${formatBytes(row)} for all connections.`,
  websocket_idle_proxy: () =>
    "Pings go out at half this time, and so before nginx cuts a silent connection after 60 s.",
  websocket_idle_direct: () => "Two minutes, Bun's default: pings at half of it keep address translators awake.",

  // TLS
  tls_off: ({ exposure }: { exposure: string }) =>
    exposure === "proxy" ? "The proxy speaks TLS." : "TLS is off by the answer: everything is sent in the clear.",
  tls_files: ({ tls }: { tls: string }) =>
    tls === "dev" ? "A self-signed certificate for development." : "The server itself speaks TLS.",
  tls_profile: ({ profile }: { profile: string }) =>
    profile === "modern"
      ? "TLS 1.3 only: every client from 2018 on."
      : "TLS 1.2 and 1.3, for clients that are older than 2018 too.",
  tls_profile_fixed: () => "The runtime always offers TLS 1.2 and 1.3, which is Mozilla's intermediate profile.",
  tls_no_files: () => "TLS is off.",
  tls_cert: ({ tls }: { tls: string }) =>
    tls === "dev"
      ? "Made on first start."
      : "The chain under the name that ACME clients give it; link or mount it there.",
  tls_key: () => "Read by the control plane only.",

  // Log
  log_level: () => "Starts, stops and problems, no details.",
  log_json: () => "A collector reads JSON lines.",
  log_text: () => "Nothing is deployed, so people read it.",
  log_requests_off: () => "The request-log feature is left out.",
  log_requests_errors: () => "Only failures: a line for each request costs throughput.",
  log_requests_proxy: () => "The proxy logs every request; here only failures get a line.",
  log_requests_all: () => "One line for each request; they are gathered, so the cost is small.",
  log_batch: () => "A part in 4096 of the memory, for each worker.",
  bound_log_min: () => "Below 8 KiB a batch holds so few lines that gathering gains nothing.",
  bound_log_max: () => "A pipe on Linux takes 64 KiB in one write.",
  log_flush: () => "Lines appear within a quarter of a second.",
  log_flush_throughput: () => "One write a second; a crash loses at most that second.",

  // Zones
  latency_steps: ({ steps }: { steps: number }) =>
    `Latencies are known to within ${trim(100 / steps)} %, at ${count(216 * steps)} bytes per worker.`,

  // Memory budget
  memory_limit: () => "What the target grants.",
  memory_base: ({ adapter }: { adapter: string }) =>
    `The process and the control plane on ${adapter}, and the runtime's code: all of it where an eighth of the limit suffices, else the hot part, because the kernel drops cold file-backed pages and reads them again.`,
  memory_heaps: ({
    threads,
    smallest,
    share,
    hashes,
  }: {
    threads: number;
    smallest: number;
    share: number;
    hashes: boolean;
  }) =>
    `${threads === 1 ? "One thread with the smallest useful heap" : "A worker and a thread for CPU-heavy work, with the smallest useful heaps"}${hashes ? " and 16 MiB to verify a password" : ""} ${threads === 1 ? "takes" : "take"} ${formatBytes(smallest)}, and ${percent(share)} of the spare memory comes on top.`,
  bound_heaps: ({ threads, each }: { threads: number; each: number }) =>
    `${count(threads)} threads use at most ${formatBytes(each)} each; the rest is better spent as page cache.`,
  memory_zones: ({ rows, each, rest }: { rows: number; each: number; rest: number }) =>
    `${count(rows)} rows, one of them spare for a worker that is replaced, of ${formatBytes(each)}: counters, histogram, heartbeats and log batches${rest > 0 ? `, and ${formatBytes(rest)} for failed attempts` : ""}, in whole pages.`,
  memory_connections: ({ each, share }: { each: number; share: number }) =>
    `${percent(share)} of the spare memory, to be spent at ${formatBytes(each)} per connection.`,
  memory_connections_asked: ({ asked, each }: { asked: number; each: number }) =>
    `${count(asked)} connections were asked for, at ${formatBytes(each)} each.`,
  memory_bodies: ({ share }: { share: number }) => `${percent(share)} of the spare memory holds bodies.`,
  bound_bodies: ({ requests, each }: { requests: number; each: number }) =>
    `${count(requests)} requests at once with the largest body need ${formatBytes(each)} each, and no more.`,
  memory_features: ({ cache, files, clients }: { cache: number; files: number; clients: number }) =>
    [
      cache > 0 ? `${formatBytes(cache)} for the response cache` : "",
      files > 0 ? `${formatBytes(files)} for files and their names` : "",
      clients > 0 ? `${formatBytes(clients)} for the clients that limits tell apart` : "",
    ]
      .filter((part) => part !== "")
      .join(", ")
      .concat("."),
  memory_features_none: () => "No chosen feature holds memory of its own.",
  memory_headroom: ({ share }: { share: number }) =>
    `What the other rows leave, at least ${percent(share)}: fragmentation, bursts and page cache.`,
  rss_high: () => "All planned rows and half of the headroom: beyond it the limit is near.",

  memory_scratch: ({ share }: { share: number }) =>
    `${percent(share)} of the spare memory: arenas and buffers that are used again and again.`,
  bound_scratch: ({ workers, each }: { workers: number; each: number }) =>
    `${workers === 1 ? "A worker uses" : `${count(workers)} workers use`} at most ${formatBytes(each)}${workers === 1 ? "" : " each"}, half of it an arena for each request in flight.`,
  arena_size: () => "8 KiB hold what most handlers need for one request; more spills and is counted.",
  arena_lean: () => "4 KiB, nginx's own pool size: memory comes before the odd spill.",
  arenas: () =>
    "As many as half of the worker's share holds: a request that finds none gets a fresh one, which is not kept.",
  bound_arenas_in_flight: ({ requests }: { requests: number }) =>
    `A worker has at most ${count(requests)} requests in flight.`,
  arena_spill: () => "A handler may hold as much as its request may bring.",
  trim: () => "Half a minute: the next burst finds its buffers, an hour's lull does not pay for them.",
  trim_soon: () => "Five seconds, for the sake of memory.",
  zero_off: () => "Zeroing costs a pass over the memory; switch it on for handlers that keep secrets in arenas.",
  memory_debug_off: () => "Poisoning finds defects in tests and costs a server that serves.",
  use_wins: ({ adapter, ...worth }: { adapter: string } & Worth) =>
    `On ${adapter} it pays: ${worthText(worth)} times the CPU per request of off.`,
  use_loses: ({ adapter, ...worth }: { adapter: string } & Worth) =>
    `On ${adapter} no gain is shown: ${worthText(worth)} times the CPU per request of off.`,
  use_missing: ({ why }: { why: string }) => why,
  encode_size: () => "A quarter of the share; text that does not fit is encoded on its own.",
  bound_encode_max: () => "Above 64 KiB the copy costs what the buffer saves.",
  file_chunks: () => "A quarter of the share; a file that finds none gets fresh buffers.",
  bound_file_chunks_max: () => "More files at once are the page cache's and the client's matter.",
  gc_metrics_on: () => "Pauses show what latency alone cannot explain.",
  gc_metrics_off: ({ threshold }: { threshold: number }) =>
    `Below ${formatBytes(threshold)} the notes of the collector are memory that is missed.`,

  // Target
  target_os: () => "Which malloc libraries can be loaded follows from it.",
  target_fact: () => "Settings below were computed from it; on a host with another value they may be wrong.",
  target_memory: () => "Memory below was divided from it; watchdog.drift_percent says what is another value.",
  target_cpu_part: () => "Timers are stretched where there is less than a CPU, and move with it.",
  target_cpu_low: ({ threads }: { threads: number }) => `Below it there would be fewer threads than ${threads}.`,
  target_cpu_high: ({ threads }: { threads: number }) => `Above it there would be more threads than ${threads}.`,
  target_cpu_bound: ({ threads }: { threads: number }) =>
    `The number of threads is ${threads} for another reason than CPUs: more of them change nothing.`,
  target_nofile_enough: () => "Descriptors bound nothing here: more of them change nothing.",
  target_nofile_short: () => "Descriptors bound connections or threads: a twentieth more would be used.",
  target_backlog_enough: () => "The kernel lets as many connections wait as are wanted.",
  target_backlog_short: () => "The kernel bounds the backlog: a twentieth more would be used.",

  // Watchdog
  drift: () => "Less than a twentieth is no other machine.",
  unsafe_refuse: () =>
    "A plan that does not fit ends in the kernel's kill, at the worst moment; a start that fails is seen.",
  roll_inline: () => "One thread does everything: there is no worker to replace.",
  roll_small: ({ smallest }: { smallest: number }) =>
    `Below ${formatBytes(smallest)} half of the headroom does not hold the worker that starts before the old one ends.`,
  roll_rss: () =>
    "When shedding has not helped, the worker with the largest heap is replaced, and its memory goes back whole. Half of the headroom is for the worker that starts before the old one ends.",
  roll_heap_hard: () =>
    "Before V8's limit, at which it ends the process and all of its workers; headroom pays for the worker that starts before the old one ends.",
  roll_heap_soft: () => "JavaScriptCore has no limit of its own: the plan's share of each thread stands for it.",
  roll_pause: () => "One at a time, each with its drain.",
  admin_token: () => "Without the file, heap snapshots are refused.",
  heap_high: () => "Work is shed before the worker has to be replaced.",

  // Engine
  engine_isolate: () => "The platform sets the heap; the program cannot.",
  only_bun: () => "Only Bun has this setting.",
  heap: ({ threads }: { threads: number }) =>
    `V8 gives each thread the same limit, so the heaps' row is divided by ${count(threads)}, less the young generation and the thread's own needs. Buffers are not in it.`,
  bound_heap_min: ({ heapBytesMin }: { heapBytesMin: number }) =>
    `The server starts and serves under load from ${formatBytes(heapBytesMin)} on; less ends it with an out-of-memory error.`,
  bound_heap_max: () => "V8's own default on large machines; more makes its longest collections longer.",
  semi_space: ({ objective }: { objective: string }) =>
    `Up to three semi-spaces per thread, in powers of two; the objective ${objective} decides how much of a heap is young. Short-lived objects that fit never reach the old space.`,
  bound_semi_space: ({ objective }: { objective: string }) =>
    objective === "throughput"
      ? "V8's default of 32 MiB: twice that measured no less CPU for JSON, and more for large bodies."
      : `The objective ${objective} does not pay for more: larger ones cost resident memory and longer pauses.`,
  ram: ({ threads }: { threads: number }) =>
    `JavaScriptCore grows a heap by what it believes the machine has${threads === 1 ? "" : `; each of ${count(threads)} threads believes in its own part`}. It is a guide, not a cap.`,
  smol_memory: () => "Smaller heaps are what was asked for; large bodies take more CPU.",
  smol_small: ({ threshold }: { threshold: number }) => `Below ${formatBytes(threshold)} a small heap matters most.`,
  smol_json: () => "For small JSON the small heap measured less CPU per request, and smaller under load.",
  smol_latency: () =>
    "The small heap measured less CPU for small JSON on average, but it collects more often and its tail was not measured.",
  smol_off: ({ workload }: { workload: string }) =>
    workload === "realtime"
      ? "The small heap was not measured for WebSockets, so the engine's default stays."
      : "For large bodies the small heap measured more CPU per request.",

  // Allocator
  allocator_bun: () => "Bun links its own mimalloc; nothing else can serve it.",
  allocator_platform: () => "The platform's own malloc: nothing can be preloaded there.",
  allocator_asked: ({ backend }: { backend: string }) =>
    backend === "jemalloc"
      ? "As asked for. For large bodies on Deno it measured far more CPU per request than glibc; measure it with your workload."
      : `${backend} as asked for, preloaded before Deno starts; measure it with your workload.`,
  allocator_system: () => "As asked for: glibc's malloc, nothing to preload.",
  allocator_glibc: ({ workload }: { workload: string }) =>
    workload === "realtime"
      ? "Nothing was measured for WebSockets, so nothing is preloaded."
      : "No other allocator measured less CPU per request than glibc, whether for small messages or for large bodies, so nothing is preloaded.",
  allocator_glibc_memory: () =>
    "glibc can give large buffers back at once: with a threshold of 64 KiB it measured a smaller resident size after a load, for about twice the CPU per large body.",
  profile_throughput: () => "Freed memory is kept for the next request.",
  profile_lean: () => "Freed memory goes back to the system at once.",
  profile_balanced: ({ objective }: { objective: string }) =>
    objective === "latency"
      ? "Returning memory at once would cost pauses, keeping it all gains none."
      : "The allocator's own defaults.",

  // Refusals
  refuse_allocator_bun: ({ backend }: { backend: string }) =>
    backend === "system"
      ? "Bun links its own mimalloc, so the system's malloc cannot serve it."
      : `Bun links its own mimalloc, so ${backend} would be loaded and serve nothing.`,
  refuse_allocator_musl: () => "Deno has no musl build, and a musl allocator cannot be preloaded into glibc's.",
  refuse_allocator_platform: ({ os }: { os: string }) =>
    `Preloading an allocator works on Linux only, and the target is ${os}.`,
  refuse_allocator_isolate: () => "An edge isolate brings its own memory; nothing can be preloaded there.",
  refuse_jemalloc_pages: ({ pageBytes }: { pageBytes: number }) =>
    `The packaged jemalloc is built for 4 KiB pages and aborts on this target's ${formatBytes(pageBytes)}.`,
  refuse_deno_musl: () => "There is no Deno for musl systems such as Alpine; Bun has one.",
  refuse_bun_pages: ({ pageBytes }: { pageBytes: number }) =>
    `Bun aborts on kernels with ${formatBytes(pageBytes)} pages; 16 KiB is its largest.`,
  refuse_bun_isolate: () => "No edge isolate runs Bun; Deno is what such platforms run.",
  refuse_isolate_direct: () => "On an edge isolate the platform's proxy is always in front.",
  refuse_isolate_tls: () => "On an edge isolate the platform speaks TLS.",
  refuse_isolate_deploy: ({ deploy }: { deploy: string }) => `An edge isolate is not deployed with ${deploy}.`,
  refuse_modern_profile: ({ adapter }: { adapter: string }) =>
    `${adapter} always offers TLS 1.2 as well, so the modern profile would be a promise that nothing keeps.`,
  refuse_static_feature: () => "A server of static files without the static-files feature has nothing to serve.",
  refuse_isolate_feature: ({ feature }: { feature: string }) =>
    `An edge isolate starts no threads, which ${feature} needs.`,
  refuse_realtime_feature: () => "A realtime server without the websocket feature has nothing to serve.",
  refuse_connections: ({ connections, fits }: { connections: number; fits: number }) =>
    `${count(connections)} connections do not fit into this target; ${count(fits)} do.`,
  refuse_connections_descriptors: ({
    connections,
    fits,
    nofileHard,
  }: {
    connections: number;
    fits: number;
    nofileHard: number;
  }) =>
    `${count(connections)} connections need more files than the hard limit of ${count(nofileHard)} allows; ${count(fits)} fit.`,
  refuse_memory: ({ memory, adapter, smallest }: { memory: number; adapter: string; smallest: number }) =>
    `${formatBytes(memory)} are too little for ${adapter}: the budget closes from ${formatBytes(smallest)} on.`,
  refuse_nofile: ({ nofileHard, smallest }: { nofileHard: number; smallest: number }) =>
    `A hard limit of ${count(nofileHard)} open files is too little: the process itself needs a limit of ${count(smallest)}.`,

  // The bench suite
  bench_runs: () => "Six runs of each case: fewer pairs cannot prove a difference, even when all agree.",
  bench_seconds: () => "CPU time is counted in ticks of 10 ms: 3 s of a busy core are 300 of them.",
  bench_warmup: () => "Engines compile the hot path first; that is not what is measured.",
  bench_connections: ({ perWorker }: { perWorker: number }) =>
    `${count(perWorker)} for each worker: enough to keep it busy on loopback.`,
  bench_pipeline: () => "16 requests in one go, as in TechEmpower's plaintext test.",
  bench_idle: () => "10,000 connections at once, where the server admits them.",
  bench_sockets: () => "One broadcast goes to 100 clients.",
  bench_upload: () => "64 KiB: more than one read of a socket brings.",
  bench_upload_large: () => "1 MiB: uploads are this server's work.",
  bench_sessions: () => "10,000 sessions, as the promised workload has.",
  bench_cached: () => "5,000 cached answers, as the promised workload has.",
  bench_part_of_core: ({ seconds, cpus }: { seconds: number; cpus: number }) =>
    `${formatCpus(cpus)} do in this time what a whole core does in ${seconds} s.`,
  bound_bench_workload: ({ each }: { each: number }) =>
    `At ${formatBytes(each)} each, more would take over an eighth of the heaps.`,
  bound_bench_seconds: ({ seconds }: { seconds: number }) => `Nobody waits longer than ${seconds} s for one run.`,
  bound_bench_connections: () => "The server admits no more connections.",
  bound_bench_in_flight: () => "The server handles no more requests at once.",
  bound_bench_body: () => "The server takes no larger body.",

  // Warnings
  warn_proxy_timeouts: () =>
    "Deno.serve has no timeouts and no connection limit: never expose it without a proxy that has them.",
  warn_isolate: () =>
    "An isolate has no listener, threads or signals of its own: take the numbers from this plan, not the server.",
  warn_no_tls: () => "Clients connect directly and TLS is off: everything is sent in the clear.",
  warn_dev_certificate: () =>
    "The certificate is for development: self-signed, and made where openssl and a writable project folder are; give certificate files to what is deployed.",
  warn_clients_proxy: ({ features }: { features: string }) =>
    `Behind a proxy clients are counted, for ${features}, by what the proxies in proxy.trusted say of a client's address: a proxy that is not listed there, as in a container's network, is one client, and its limit is everybody's.`,
  warn_auth_clear: () => "Passwords and tokens travel in the clear: TLS is off and no proxy is in front.",
  warn_assumed_facts: ({ facts }: { facts: string }) =>
    `Nobody knows ${facts} of this target: assumed. Run probe there, or give the figures.`,
  warn_fraction_bun: ({ cpus }: { cpus: number }) =>
    `The quota is ${trim(cpus)} CPUs and Bun rounds it up for its own helper threads; they may be throttled.`,
  warn_migrate: () =>
    // Counted: docs/measurements/threads.json.
    "Replacing a worker resets the connections that wait in its queue; net.ipv4.tcp_migrate_req=1 hands them over.",
  warn_numa: ({ numaNodes }: { numaNodes: number }) =>
    `The target has ${count(numaNodes)} memory nodes: one process per node, pinned to it, avoids slow remote memory.`,
  warn_preload: ({ backend }: { backend: string }) =>
    `${backend} must be installed on the target and preloaded before Deno starts; the start-up banner tells whether it serves.`,
  warn_allocator_needs_measuring: () =>
    "jemalloc measured far more CPU per request than glibc for large bodies on Deno; benchmark before you rely on it.",
  warn_no_heap_cap: () =>
    "JavaScriptCore has no hard heap cap: the container's or unit's memory limit is the only bound.",
} as const satisfies Readonly<Record<string, (args: never) => string>>;

export type ReasonCode = keyof typeof sentences;

/** A code's arguments; none for a sentence without any. */
export type ReasonArgs<Code extends ReasonCode> =
  Parameters<(typeof sentences)[Code]> extends [infer Args]
    ? Args extends Readonly<Record<string, string | number | boolean>>
      ? Readonly<Args>
      : never
    : Readonly<Record<string, never>>;

export interface ReasonOf<Code extends ReasonCode> {
  readonly code: Code;
  readonly args: ReasonArgs<Code>;
}
