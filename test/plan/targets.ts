/** Answers and facts for tests: a complete set of each, to be overridden by the row at hand. */
import type { AnswerOrigin, Answers, AnswerValues } from "../../src/answers/answers.ts";
import type { FactOrigin, FactValues, HardwareFacts } from "../../src/facts/hardware-facts.ts";
import { GiB } from "../../src/lib/units.ts";

const answerValues: AnswerValues = {
  name: "app",
  runtime: "bun",
  workload: "api",
  objective: "balanced",
  target: "this",
  cpus: undefined,
  memory: undefined,
  arch: undefined,
  connections: undefined,
  exposure: "proxy",
  allocator: "auto",
  tls: "off",
  tlsProfile: "intermediate",
  port: 3000,
  deploy: ["docker"],
  features: ["websocket", "request-log"],
  packageManager: "npm",
};

const factValues: FactValues = {
  os: "linux",
  arch: "x64",
  cpus: 2,
  cpusHost: 2,
  memoryBytes: GiB(24),
  memoryHostBytes: GiB(24),
  pageBytes: 4096,
  smt: false,
  numaNodes: 1,
  l2Bytes: 1024 ** 2,
  l3Bytes: 32 * 1024 ** 2,
  cpuFlags: ["sse4_2", "avx2"],
  kernel: "6.1.0",
  libc: "glibc",
  transparentHugePages: "madvise",
  hugePagesTotal: 0,
  somaxconn: 4096,
  nofile: 1024,
  nofileHard: 1_048_576,
  tcpMigrateReq: false,
  container: "none",
};

/** Overridden answers count as asked, the others as defaults. */
export function answersWith(changes: Partial<AnswerValues> = {}, origin: AnswerOrigin = "asked"): Answers {
  return Object.fromEntries(
    Object.entries({ ...answerValues, ...changes }).map(([key, value]) => [
      key,
      { value, origin: key in changes ? origin : "default" },
    ]),
  ) as unknown as Answers;
}

export function factsWith(changes: Partial<FactValues> = {}, origin: FactOrigin = "detected"): HardwareFacts {
  return Object.fromEntries(
    Object.entries({ ...factValues, ...changes }).map(([key, value]) => [key, { value, origin, source: "test" }]),
  ) as unknown as HardwareFacts;
}

export const solveContext = { generatorVersion: "0.0.0", target: "this" } as const;
