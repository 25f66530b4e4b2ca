/** What each section of the settings is about; printed above it. Total: a section without a title does not compile. */
import type { ServerConfig } from "../../templates/app/src/config/schema.ts";

export type SectionName = keyof ServerConfig;

export const sectionTitles = {
  target:
    "The target's facts that settings follow, and how far they may move before a setting would. The server compares them with its host at each start; retune writes them.",
  server: "Where the data plane listens.",
  workers: "Worker threads: how many, and what happens when one dies.",
  timeouts: "How long anything may take.",
  limits: "How much anything may hold. Everything that the server keeps is bounded here.",
  proxy: "Whose word on a client's address counts.",
  rate_limit: "How much one client may ask for.",
  overload: "When the server turns work away to keep serving.",
  cache: "The response cache: what it holds, and for how long an answer counts.",
  static: "Static files.",
  compression: "Which replies are compressed, and how hard.",
  security_headers: "Headers that tell browsers what not to do with a response.",
  cors: "Which other sites' scripts may read answers.",
  auth: "Who may pass, on routes that ask.",
  tasks: "Threads for CPU-heavy work, beside the workers.",
  request_id: "The name under which a request is found again.",
  websocket: "WebSockets.",
  tls: "TLS on the data plane.",
  log: "What is logged, and how lines are gathered before they are written.",
  admin: "The admin listener of the control plane: health, metrics and the effective settings.",
  zones: "Memory shared by all workers.",
  memory:
    "The memory budget, whose rows are the parts of limit_bytes, and the memory that workers use again and again.",
  watchdog: "What happens when memory is not as the plan has it: at the start, and while the server runs.",
  engine: "JavaScript engine flags; launch.ts passes them before the runtime starts.",
  allocator: "The malloc under the runtime; launch.ts sets it up before the runtime starts.",
  bench: 'How much "npm run bench" loads; the server itself reads none of it.',
} as const satisfies Readonly<Record<SectionName, string>>;
