/**
 * The memory budget: how a limit is divided so that everything the server may hold fits into it at once.
 *
 * Idea: first what must be there (the runtime, one thread with the smallest useful heap, an eighth left free), then
 * the rest by shares of the workload. Every part is a continuous, rising function of the limit alone: a byte more
 * never takes anything away, and workers share a part instead of enlarging it.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import type { FeatureName, Objective, Workload } from "../answers/choices.ts";
import { clamp, floorTo, GiB, KiB, MiB } from "../lib/units.ts";
import { memoryCostsOf } from "./costs.ts";
import type { Decision } from "./decision.ts";
import type { BudgetRow } from "./plan.ts";

/** Left free at least: fragmentation, bursts, and page cache for the files that are served. */
export const HEADROOM_SHARE = 1 / 8;
/** Kept for shared zones and log buffers, an upper bound of what the workers' rows can need. */
export const ZONES_SHARE = 1 / 64;
/** The control plane gets this part, until it can afford a thread of its own. */
const CONTROL_SHARE = 1 / 16;
/** In one thread with the data plane, the control plane's objects are in that thread's heap; this is for the rest. */
const CONTROL_BYTES_MIN = MiB(4);
/** File-backed code may take this part; below the measured size the kernel drops and re-reads cold pages. */
const CODE_SHARE = 1 / 8;
/** After everything that must be there, at least this much is divided; less would starve one of the parts. */
export const SPARE_BYTES_MIN = MiB(4);
/** Asked-for connections may take at most this part of what is divided. */
export const ASKED_CONNECTIONS_SHARE_MAX = 0.6;
/** V8 keeps up to three semi-spaces: two for the young generation, one for its large objects. */
export const SEMI_SPACES = 3;
/** V8 takes whole mebibytes. */
export const SEMI_SPACE_BYTES_MIN = MiB(1);
/** V8's own default on large 64-bit machines; more old space means longer collections, so it is not given unasked. */
export const HEAP_BYTES_MAX = GiB(4);
/** A thread's heap that a second worker is not worth taking from. */
const HEAP_BYTES_WANTED = MiB(32);

export interface Shares {
  readonly heaps: number;
  readonly connections: number;
  readonly bodies: number;
  /** Cached responses, in memory that all workers share. */
  readonly cache: number;
  /** Small files, all workers together. */
  readonly files: number;
  /** The table of clients that limits tell apart. */
  readonly clients: number;
  /** Arenas and pooled buffers, all workers together. */
  readonly scratch: number;
}

/** The parts that only a feature takes; a server without it leaves them to the page cache. */
export const featureOfShare = {
  cache: "response-cache",
  files: "static-files",
  clients: "rate-limit",
} as const satisfies Partial<Record<keyof Shares, FeatureName>>;

/** Parts of what is left after the necessary rows; what they leave over is headroom, which serves as page cache. */
export const sharesOf: Readonly<Record<Workload, Shares>> = {
  api: { heaps: 0.55, connections: 0.15, bodies: 0.15, cache: 0.08, files: 0.03, clients: 0.03, scratch: 0.01 },
  static: { heaps: 0.35, connections: 0.15, bodies: 0.05, cache: 0.07, files: 0.2, clients: 0.03, scratch: 0.01 },
  realtime: { heaps: 0.4, connections: 0.4, bodies: 0.05, cache: 0.07, files: 0.04, clients: 0.03, scratch: 0.01 },
  upload: { heaps: 0.3, connections: 0.1, bodies: 0.45, cache: 0.07, files: 0.04, clients: 0.03, scratch: 0.01 },
  mixed: { heaps: 0.45, connections: 0.2, bodies: 0.2, cache: 0.07, files: 0.04, clients: 0.03, scratch: 0.01 },
};

/** The runtime, its code and the control plane. */
export function baseBytes(adapter: AdapterName, limitBytes: number): number {
  return Math.ceil(baseShare(adapter, limitBytes));
}

/** The same with fractions of a byte: what is left beside a rounded part would fall at the byte where that part rises. */
function baseShare(adapter: AdapterName, limitBytes: number): number {
  const costs = memoryCostsOf[adapter];
  const control = clamp(limitBytes * CONTROL_SHARE, CONTROL_BYTES_MIN, costs.controlBytes);
  const code = clamp(limitBytes * CODE_SHARE, costs.hotCodeBytes, costs.codeBytes);
  return costs.processBytes + control + code;
}

/** The limit from which the base row holds all of the runtime's code, as the resident size does. */
export function codeLimitBytes(adapter: AdapterName): number {
  return memoryCostsOf[adapter].codeBytes / CODE_SHARE;
}

/** The limit from which the control plane has a thread of its own: its sixteenth then pays for one. */
export function threadsLimitBytes(adapter: AdapterName): number {
  return memoryCostsOf[adapter].controlBytes / CONTROL_SHARE;
}

/** What the number and the cost of a server's threads depend on. */
export interface ThreadShape {
  readonly adapter: AdapterName;
  /** Whether threads for CPU-heavy work stand beside the workers. */
  readonly tasks: boolean;
  /** Whether workers verify passwords. */
  readonly auth: boolean;
}

/** scrypt with N = 2^14 and r = 8 fills 128 * N * r bytes while it verifies one password. */
export const HASH_BYTES = MiB(16);

/** One data-plane thread without its heap. The hash's memory is counted for each: the engine's flags know one size. */
function threadBytesOf({ adapter, auth }: ThreadShape): number {
  return memoryCostsOf[adapter].threadBytes + (auth ? HASH_BYTES : 0);
}

/** One data-plane thread with the smallest useful heap. */
export function threadBytesMin(shape: ThreadShape): number {
  const young = shape.adapter === "bun" ? 0 : SEMI_SPACES * SEMI_SPACE_BYTES_MIN;
  return threadBytesOf(shape) + young + memoryCostsOf[shape.adapter].heapBytesMin;
}

/**
 * The limit from which half of the headroom holds one more such thread: a worker that is replaced goes on while its
 * successor starts, and no row of the budget is for both. The watchdog's mark leaves that half free.
 */
export function rollLimitBytes(shape: ThreadShape): number {
  return threadBytesMin(shape) / (HEADROOM_SHARE / 2);
}

/** One data-plane thread with a heap that leaves room for an application's own data. */
export function threadBytesWanted(shape: ThreadShape): number {
  return threadBytesOf(shape) + HEAP_BYTES_WANTED;
}

/** The most that one thread can use: V8's default heap and the largest young generation of this objective. */
export function threadBytesMax(shape: ThreadShape, objective: Objective): number {
  const young = shape.adapter === "bun" ? 0 : SEMI_SPACES * semiSpaceBytesMax[objective];
  return threadBytesOf(shape) + young + HEAP_BYTES_MAX;
}

/** Threads that every server of this kind has beside the control plane: a worker, and one for CPU-heavy work. */
export function threadsMin(hasTasks: boolean): number {
  return hasTasks ? 2 : 1;
}

/** What is divided by shares: the limit without the necessary rows. Negative: the target is too small. */
export function spareBytes(shape: ThreadShape, limitBytes: number): number {
  const kept = limitBytes * (HEADROOM_SHARE + ZONES_SHARE);
  const threads = threadsMin(shape.tasks) * threadBytesMin(shape);
  return Math.floor(limitBytes - kept - baseShare(shape.adapter, limitBytes) - threads);
}

/** The spare bytes divided by the workload's shares. Asked-for connections come first, the others keep their ratio. */
export function divide(workload: Workload, spare: number, askedBytes: number | undefined): Shares {
  const shares = sharesOf[workload];
  const connections =
    askedBytes === undefined ? spare * shares.connections : Math.min(askedBytes, spare * ASKED_CONNECTIONS_SHARE_MAX);
  const scale = (spare - connections) / (1 - shares.connections);
  return {
    heaps: Math.floor(shares.heaps * scale),
    connections: Math.floor(connections),
    bodies: Math.floor(shares.bodies * scale),
    cache: Math.floor(shares.cache * scale),
    files: Math.floor(shares.files * scale),
    clients: Math.floor(shares.clients * scale),
    scratch: Math.floor(shares.scratch * scale),
  };
}

/** The smallest limit, in whole mebibytes, whose budget closes with such threads. */
export function limitBytesMin(shape: ThreadShape): number {
  let mebibytes = 1;
  // Spare bytes rise with the limit, and 1 GiB is enough for every adapter, so the loop is bounded.
  while (mebibytes < 1024 && spareBytes(shape, MiB(mebibytes)) < SPARE_BYTES_MIN) mebibytes += 1;
  return MiB(mebibytes);
}

export interface ThreadPart {
  readonly heaps: number;
  readonly threads: number;
  /** What one thread gets at most. */
  readonly most: number;
}

/**
 * One thread's part of the heaps. While memory keeps threads below the number that all else permits, `most` is what
 * a thread wants; so a further thread never shrinks the others.
 */
export function threadShareBytes({ heaps, threads, most }: ThreadPart): number {
  return Math.floor(Math.min(heaps / threads, most));
}

/** Largest semi-space by objective. V8's default is 32 MiB: 64 measured no faster, slower with large bodies. Small ones keep pauses and RSS low. */
export const semiSpaceBytesMax: Readonly<Record<Objective, number>> = {
  throughput: MiB(32),
  balanced: MiB(32),
  latency: MiB(16),
  memory: MiB(8),
};

/** Part of a thread's heap that the young generation may take. */
export const youngShareOf: Readonly<Record<Objective, number>> = {
  throughput: 3 / 8,
  balanced: 1 / 4,
  latency: 1 / 4,
  memory: 1 / 8,
};

export interface HeapSplit {
  readonly heapBytes: number;
  readonly semiSpaceBytes: number;
}

/** A thread's bytes as V8 takes them: old space in whole mebibytes, semi-spaces in powers of two. */
export function splitHeap(shape: ThreadShape, objective: Objective, threadShare: number): HeapSplit {
  const { heapBytesMin } = memoryCostsOf[shape.adapter];
  const bytes = threadShare - threadBytesOf(shape);
  const smallest = SEMI_SPACES * SEMI_SPACE_BYTES_MIN;
  // The old space's minimum comes first: without it the thread does not start.
  const most = Math.min(SEMI_SPACES * semiSpaceBytesMax[objective], bytes - heapBytesMin);
  const young = clamp(bytes * youngShareOf[objective], smallest, Math.max(smallest, most));
  return {
    heapBytes: floorTo(bytes - young, MiB(1)),
    semiSpaceBytes: 2 ** Math.floor(Math.log2(young / SEMI_SPACES)),
  };
}

/** Bytes that one worker adds to the zones, above what the server's layout takes: an upper bound. */
export function zoneBytesPerWorker(latencySteps: number, logBatchBytes: number): number {
  /** 256 counters of 8 bytes; the server and its features have fewer, in whole cache lines. */
  const counters = 256 * 8;
  /** A histogram over 27 powers of two of microseconds, 8 bytes per bucket. */
  const histogram = 27 * latencySteps * 8;
  /** A cache line of heartbeats, one of signs of overload, and 4 bytes in each of at most 16 gauges. */
  const beats = 2 * 64 + 16 * 4;
  /** A log batch waits as UTF-16 text, two bytes per unit, and as encoded bytes. */
  const log = 3 * logBatchBytes;
  return counters + histogram + beats + log;
}

/** The table in which failed attempts to authenticate are counted: 16,384 slots of 4 bytes. */
export const FAILED_ATTEMPTS_BYTES = KiB(64);

/** The zones are mapped in whole pages; 64 KiB is the largest page of the supported systems. */
export const ZONES_STEP_BYTES = KiB(64);

/** The budget's rows, in the order in which they are printed. */
export const budgetKeys = [
  "memory.base_bytes",
  "memory.heaps_bytes",
  "memory.zones_bytes",
  "memory.connections_bytes",
  "memory.bodies_bytes",
  "memory.features_bytes",
  "memory.scratch_bytes",
  "memory.headroom_bytes",
] as const satisfies readonly SettingKey[];

/** The rows of the budget; a row that nothing is kept for is none. */
export function budgetRows(decisions: Readonly<Record<SettingKey, Decision>>): readonly BudgetRow[] {
  return budgetKeys.flatMap((key) => {
    const { value, reason } = decisions[key];
    return typeof value === "number" ? [{ key, bytes: value, reason }] : [];
  });
}
