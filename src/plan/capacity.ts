/** How many workers, connections and descriptors a target carries: the formulas that several rules share. */
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import type { Objective, TlsMode, Workload } from "../answers/choices.ts";
import { KiB, MiB } from "../lib/units.ts";
import { KERNEL_CONNECTION_BYTES, memoryCostsOf } from "./costs.ts";

/** Workers that the CPUs can feed: whole CPUs, at least one. */
export function workersByCpu(cpus: number, objective: Objective): number {
  const whole = Math.max(1, Math.floor(cpus));
  // Half the threads, half the heaps: what asking for memory means on many cores.
  if (objective === "memory") return Math.ceil(whole / 2);
  // Collectors, compilers and the control plane are threads too; from four CPUs on, one is left to them.
  if (objective === "latency" && whole >= 4) return whole - 1;
  return whole;
}

/** The most that the configuration schema accepts. */
export const WORKERS_MAX = 512;

/** One thread in so many is for CPU-heavy work, where a server has such work. */
const THREADS_PER_TASK_THREAD = 4;

/** How threads are divided between the workers and CPU-heavy work: each gets one at least, whatever the CPUs. */
export function taskThreadsOf(threads: number): number {
  return Math.max(1, Math.floor(threads / THREADS_PER_TASK_THREAD));
}

/** The workers among `threads` data-plane threads. */
export function workersOf(threads: number, hasTasks: boolean): number {
  return hasTasks ? Math.max(1, threads - taskThreadsOf(threads)) : threads;
}

/** Requests that one worker may be handling at once: 10,000 a second for 100 ms each are 1,000 (Little's law). */
export const inFlightPerWorker: Readonly<Record<Objective, number>> = {
  throughput: 2048,
  balanced: 1024,
  memory: 512,
  latency: 256,
};

/** A request's arena: 8 KiB hold what most handlers need, 4 KiB are nginx's own pool. */
export const arenaBytesOf: Readonly<Record<Objective, number>> = {
  throughput: KiB(8),
  balanced: KiB(8),
  latency: KiB(8),
  memory: KiB(4),
};

/** Beyond these, more buffers of one worker gain nothing. A chunk is one read of a file (runtime/open-file.ts). */
export const SCRATCH_MAX = { encodeBytes: KiB(64), fileChunkBytes: KiB(64), fileChunks: 32 } as const;

/** How a worker's scratch memory is divided. */
export const scratchShares = { arenas: 1 / 2, encode: 1 / 4, files: 1 / 4 } as const;

/** One worker's scratch memory at most: its half then has an arena for each request in flight, and the rest is ample. */
export function scratchBytesMax(objective: Objective): number {
  return (inFlightPerWorker[objective] * arenaBytesOf[objective]) / scratchShares.arenas;
}

/** The largest body that a workload expects. */
export const bodyBytesWanted: Readonly<Record<Workload, number>> = {
  api: MiB(1),
  static: KiB(64),
  realtime: KiB(256),
  upload: MiB(64),
  mixed: MiB(8),
};

/** A body is held twice while its pieces are joined. */
export const BODY_COPIES = 2;
/** So many of the largest bodies fit at once, lest one client block all others. */
export const BODIES_AT_ONCE_MIN = 4;

/** Part of the connections that may be WebSockets. */
export const webSocketShareOf: Readonly<Record<Workload, number>> = {
  api: 1 / 8,
  static: 1 / 8,
  realtime: 1,
  upload: 1 / 8,
  mixed: 1 / 4,
};

/** One incoming message, whole in memory before it is handled. */
export const MESSAGE_BYTES_MAX = KiB(64);
/** Four of the largest messages may wait for a slow receiver. */
export const UNSENT_BYTES_MAX = 4 * MESSAGE_BYTES_MAX;
/** One socket in so many is at its limits at the same time. */
export const SOCKETS_PER_SLOW = 32;
/** A request's head; Node's and Bun's own default. */
export const HEAD_BYTES_MAX = KiB(16);
/** One connection in so many has an incomplete head in memory. */
const CONNECTIONS_PER_HEAD = 8;

export interface ConnectionShape {
  readonly adapter: AdapterName;
  readonly workload: Workload;
  readonly tls: TlsMode;
  readonly webSockets: boolean;
}

/** Memory of one connection on average: the process's part, the kernel's part, partial heads and queued messages. */
export function connectionBytes({ adapter, workload, tls, webSockets }: ConnectionShape): number {
  const costs = memoryCostsOf[adapter];
  const transport = tls === "off" ? costs.httpBytes : costs.httpsBytes;
  const heads = HEAD_BYTES_MAX / CONNECTIONS_PER_HEAD;
  const queued = (MESSAGE_BYTES_MAX + UNSENT_BYTES_MAX) / SOCKETS_PER_SLOW;
  const upgrade = Math.max(0, costs.webSocketBytes - costs.httpBytes) + queued;
  const webSocketShare = webSockets ? webSocketShareOf[workload] : 0;
  return KERNEL_CONNECTION_BYTES + transport + heads + Math.ceil(webSocketShare * upgrade);
}

/** Linux's default fs.nr_open: no process may open more without a sysctl. */
export const CONNECTIONS_MAX = 1_048_576;
/** Standard streams, admin connections, certificates, configuration, logs, and what the runtime opens itself. */
export const DESCRIPTORS_BASE = 64;
/** A listener, and the event loop's own descriptors; 3 (Bun) and 7 (Deno) were counted: docs/measurements/engine-limits.json. */
export const DESCRIPTORS_PER_THREAD = 16;

/** Descriptors per connection: its socket, and the file that it is being sent. */
export function descriptorsPerConnection(sendsFiles: boolean): number {
  return sendsFiles ? 2 : 1;
}

/** A quarter of the descriptors is kept for everything that is no connection, whatever the number of workers. */
const CONNECTION_DESCRIPTORS_SHARE = 3 / 4;

/** The hard limit counts: both runtimes raise their soft limit to it when they start (measured). */
export function connectionsByDescriptors(sendsFiles: boolean, nofileHard: number): number {
  return Math.floor((nofileHard * CONNECTION_DESCRIPTORS_SHARE) / descriptorsPerConnection(sendsFiles));
}

/** Threads beside the control plane's for whose descriptors the kept quarter suffices. */
export function threadsByDescriptors(nofileHard: number): number {
  const kept = nofileHard * (1 - CONNECTION_DESCRIPTORS_SHARE) - DESCRIPTORS_BASE;
  return Math.floor(kept / DESCRIPTORS_PER_THREAD) - 1;
}

/** The smallest hard limit on open files that leaves so many threads beside the control plane's. */
export function nofileHardMin(threads: number): number {
  return Math.ceil((DESCRIPTORS_BASE + (threads + 1) * DESCRIPTORS_PER_THREAD) / (1 - CONNECTION_DESCRIPTORS_SHARE));
}
