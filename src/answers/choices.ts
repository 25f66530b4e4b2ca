/** The values that an answer can take. Labels and reasons are in questions.ts. */

export const workloads = ["api", "static", "realtime", "upload", "mixed"] as const;
export const objectives = ["balanced", "throughput", "latency", "memory"] as const;
export const exposures = ["proxy", "direct"] as const;
export const allocatorBackends = ["auto", "system", "mimalloc", "jemalloc", "tcmalloc"] as const;
export const tlsModes = ["off", "files", "dev"] as const;
export const tlsProfiles = ["intermediate", "modern"] as const;
export const deployTargets = ["docker", "systemd", "github"] as const;
/** In the order of the server's pipeline, the outermost first. */
export const featureNames = [
  "request-id",
  "request-log",
  "security-headers",
  "cors",
  "overload",
  "rate-limit",
  "auth",
  "response-cache",
  "compression",
  "tasks",
  "websocket",
  "static-files",
] as const;
export const packageManagers = ["npm", "pnpm", "yarn", "bun", "deno"] as const;

export type Workload = (typeof workloads)[number];
export type Objective = (typeof objectives)[number];
export type Exposure = (typeof exposures)[number];
export type AllocatorBackend = (typeof allocatorBackends)[number];
export type TlsMode = (typeof tlsModes)[number];
export type TlsProfile = (typeof tlsProfiles)[number];
export type DeployTarget = (typeof deployTargets)[number];
export type FeatureName = (typeof featureNames)[number];
export type PackageManager = (typeof packageManagers)[number];
