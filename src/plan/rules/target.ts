/**
 * What the plan was made for, as the server reads it again at each start. Idea: facts waver without mattering, so
 * beside a fact stands how far it may move before this plan would be another; the server, which has no rules, then
 * tells a drift by its effect.
 * Bound: what nothing in the plan follows is not recorded, and a limit beyond which nothing changes is not set.
 */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import {
  CONNECTIONS_MAX,
  connectionsByDescriptors,
  nofileHardMin,
  taskThreadsOf,
  workersByCpu,
  workersOf,
} from "../capacity.ts";
import { absent, reason } from "../reasons.ts";
import { type KeysOf, type Read, type RuleTable, rule } from "../rule.ts";
import { derived } from "../sources.ts";
import { wantedConnectionReads, wantedConnections } from "./limits.ts";
import { backlogWanted } from "./server.ts";
import { readThreads, threadsReads } from "./shape-reads.ts";
import { threadBoundReads, threadsMax } from "./thread-bounds.ts";

/** As watchdog.drift_percent and the drift that retune looks for. */
const TOLERANCE = 0.05;

const recorded = derived("the target itself");
const inverted = derived("the rules that read the fact, solved for it");

const threadReads = ["facts.cpus", "answers.objective", ...threadBoundReads, ...threadsReads] as const;
type ThreadRead = Read<(typeof threadReads)[number]>;

export const targetRules = {
  "target.os": rule({
    unit: "none",
    reads: ["facts.os"],
    source: recorded,
    decide: (read) => ({ value: read("facts.os"), reason: reason("target_os", {}) }),
  }),
  "target.cpu_millis": rule({
    unit: "count",
    reads: ["facts.cpus"],
    source: recorded,
    decide: (read) => ({ value: Math.round(1000 * read("facts.cpus")), reason: reason("target_fact", {}) }),
  }),
  "target.cpu_millis_low": rule({
    unit: "count",
    reads: threadReads,
    source: inverted,
    decide: (read) => {
      const value = cpuMillisLow(read);
      return value < 1000
        ? { value, reason: reason("target_cpu_part", {}) }
        : { value, reason: reason("target_cpu_low", { threads: readThreads(read) }) };
    },
  }),
  "target.cpu_millis_high": rule({
    unit: "count",
    reads: threadReads,
    source: inverted,
    decide: (read) => {
      const value = cpuMillisHigh(read);
      if (value !== undefined && value < 1000) return { value, reason: reason("target_cpu_part", {}) };
      const threads = readThreads(read);
      return value === undefined
        ? { value, reason: reason("target_cpu_bound", { threads }) }
        : { value, reason: reason("target_cpu_high", { threads }) };
    },
  }),
  "target.memory_bytes": rule({
    unit: "bytes",
    reads: ["facts.memoryBytes"],
    source: recorded,
    decide: (read) => ({ value: Math.floor(read("facts.memoryBytes")), reason: reason("target_memory", {}) }),
  }),
  "target.nofile": rule({
    unit: "count",
    reads: ["facts.nofileHard"],
    source: recorded,
    decide: (read) => ({ value: read("facts.nofileHard"), reason: reason("target_fact", {}) }),
  }),
  "target.nofile_high": rule({
    unit: "count",
    reads: ["facts.nofileHard", "features.static-files", ...wantedConnectionReads, ...threadsReads],
    source: inverted,
    decide: (read) => {
      const nofile = read("facts.nofileHard");
      const wanted = Math.min(wantedConnections(read), CONNECTIONS_MAX);
      const isEnough =
        connectionsByDescriptors(read("features.static-files"), nofile) >= wanted &&
        nofile >= nofileHardMin(readThreads(read) + 1);
      return isEnough
        ? { value: undefined, reason: reason("target_nofile_enough", {}) }
        : { value: raised(nofile), reason: reason("target_nofile_short", {}) };
    },
  }),
  "target.somaxconn": rule({
    unit: "count",
    reads: ["facts.somaxconn"],
    source: recorded,
    decide: (read) => ({ value: read("facts.somaxconn"), reason: reason("target_fact", {}) }),
  }),
  "target.somaxconn_high": rule({
    unit: "count",
    reads: ["adapter", "answers.workload", "facts.somaxconn"],
    source: inverted,
    decide: (read) => {
      const { backlog } = capabilities[read("adapter")];
      if (!backlog.has) return absent(backlog);
      const somaxconn = read("facts.somaxconn");
      return somaxconn >= backlogWanted[read("answers.workload")]
        ? { value: undefined, reason: reason("target_backlog_enough", {}) }
        : { value: raised(somaxconn), reason: reason("target_backlog_short", {}) };
    },
  }),
} satisfies RuleTable<KeysOf<"target">>;

/** A fact that bounds a setting moves it by as much as it moves itself. */
function raised(value: number): number {
  return Math.floor(value * (1 + TOLERANCE));
}

/** Threads that so many CPUs feed, as far as memory, descriptors and the platform permit them. */
function threadsWith(read: ThreadRead, cpus: number): number {
  const divided = Math.min(workersByCpu(cpus, read("answers.objective")), threadsMax(read).value);
  const hasTasks = read("features.tasks");
  return workersOf(divided, hasTasks) + (hasTasks ? taskThreadsOf(divided) : 0);
}

/** The fewest with which there are as many threads: timers follow parts of a CPU, threads follow whole ones. */
function cpuMillisLow(read: ThreadRead): number {
  const cpus = read("facts.cpus");
  if (cpus < 1) return Math.ceil((1000 * cpus) / (1 + TOLERANCE));
  const threads = threadsWith(read, cpus);
  let whole = Math.floor(cpus);
  while (whole > 1 && threadsWith(read, whole - 1) === threads) whole -= 1;
  return whole === 1 ? Math.ceil(1000 / (1 + TOLERANCE)) : 1000 * whole;
}

/** The most with which there are as many; undefined: any. */
function cpuMillisHigh(read: ThreadRead): number | undefined {
  const cpus = read("facts.cpus");
  const part = Math.floor((1000 * cpus) / (1 - TOLERANCE));
  if (part < 1000) return part;
  const threads = threadsWith(read, cpus);
  if (threads === threadsWith(read, Number.POSITIVE_INFINITY)) return undefined;
  let whole = Math.max(1, Math.floor(cpus));
  // A few steps: two further CPUs feed a further thread at least, whatever the objective.
  while (threadsWith(read, whole + 1) === threads) whole += 1;
  return 1000 * (whole + 1) - 1;
}
