/** What each section of the settings is about; printed above it. Total: a section without a title does not compile. */
import type { ServerConfig } from "../../templates/app/src/config/schema.ts";

export type SectionName = keyof ServerConfig;

export const sectionTitles = {
  server: "Where the data plane listens.",
  workers: "Worker threads: how many, and what happens when one dies.",
  timeouts: "How long anything may take.",
  limits: "How much anything may hold. Everything that the server keeps is bounded here.",
  websocket: "WebSockets.",
  tls: "TLS on the data plane.",
  log: "What is logged, and how lines are gathered before they are written.",
  admin: "The admin listener of the control plane: health, metrics and the effective settings.",
  zones: "Memory shared by all workers.",
  memory: "The memory budget. Its rows are the parts of limit_bytes; together they are at most that.",
  engine: "JavaScript engine flags; launch.ts passes them before the runtime starts.",
  allocator: "The malloc under the runtime; launch.ts sets it up before the runtime starts.",
} as const satisfies Readonly<Record<SectionName, string>>;
