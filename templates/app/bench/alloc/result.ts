/** The samples as figures: the document that the JSON holds and the tables print. Names end in their units. */
import type { HostReading } from "../../src/control/host.ts";
import type { AdapterName } from "../../src/runtime/capabilities.ts";
import { type Figure, figureOf, median } from "../method/statistics.ts";
import type { Missing } from "./backends.ts";
import type { Budget } from "./budget.ts";
import type { Freeing } from "./churn.ts";
import type { BackendSamples, ChurnSample, Samples, ScalingSample } from "./measure.ts";
import { SIZES_BYTES, type SlabAnswer } from "./protocol.ts";
import { type StrategyName, strategyNames } from "./strategies.ts";

/** Raised when a field of the JSON changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

export interface Surroundings {
  readonly version: string;
  readonly adapter: AdapterName;
  /** The profile that the allocators are tuned for; Bun's are all measured. */
  readonly profile: string;
  readonly host: HostReading;
  readonly cpuModel: string | undefined;
  /** Of the first CPU's frequency; undefined: not readable. */
  readonly governor: string | undefined;
  /** Of the minute before the bench; 0 where the system has none. */
  readonly loadAverage: number;
}

export interface SpeedFigure {
  readonly strategy: StrategyName;
  readonly bytes: number;
  /** CPU time of the whole process per buffer, the collector's threads included. */
  readonly cpu_ns: Figure;
  readonly wall_ns: Figure;
}

export interface ScalingFigure {
  readonly strategy: StrategyName;
  readonly threads: number;
  readonly per_second: Figure;
  /** Beside one thread; as many as threads would be perfect. */
  readonly ratio_to_one: number;
}

export interface MemoryFigure {
  /** What the resident size grew by, over the live bytes: median of the samples of one walk. */
  readonly resident_over_live: number;
  readonly live_bytes_high: number;
  readonly base_bytes: number;
  readonly after_bytes: number;
  readonly idle_bytes: number;
}

export interface BackendFigures {
  readonly name: string;
  readonly label: string;
  readonly library: string | null;
  readonly version: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly evidence: string;
  readonly speed: readonly SpeedFigure[];
  readonly scaling: readonly ScalingFigure[];
  readonly memory: Readonly<Partial<Record<Freeing, MemoryFigure>>>;
}

export interface SlabFigures {
  /** Memory of the pages that size classes own, over what was asked for. */
  readonly held_over_asked: number;
  /** Of it: rounding up to a chunk's size. */
  readonly rounded_over_asked: number;
  readonly refused: number;
}

export interface AllocResult {
  readonly surroundings: Surroundings;
  readonly budget: Budget;
  readonly interrupted: boolean;
  readonly backends: readonly BackendFigures[];
  readonly slab: SlabFigures | undefined;
  readonly missing: readonly Missing[];
}

export function backendFigures({ backend, hello, speed, scaling, churn }: BackendSamples): BackendFigures {
  return {
    name: backend.name,
    label: backend.label,
    library: backend.library ?? null,
    version: hello.version,
    environment: backend.environment,
    evidence: hello.evidence,
    speed: strategyNames.flatMap((strategy) =>
      SIZES_BYTES.flatMap((bytes) => {
        const cells = speed.filter((cell) => cell.strategy === strategy && cell.bytes === bytes);
        if (cells.length === 0) return [];
        const cpu_ns = figureOf(cells.map((cell) => cell.cpuNs));
        return { strategy, bytes, cpu_ns, wall_ns: figureOf(cells.map((cell) => cell.wallNs)) };
      }),
    ),
    scaling: scalingFigures(scaling),
    memory: Object.fromEntries(
      Object.entries(churn).map(([freeing, sample]) => [freeing, memoryFigure(sample)]),
    ) as BackendFigures["memory"],
  };
}

export function scalingFigures(samples: readonly ScalingSample[]): readonly ScalingFigure[] {
  const perSecond = (strategy: StrategyName, threads: number) =>
    samples.filter((sample) => sample.strategy === strategy && sample.threads === threads).map((one) => one.perSecond);
  const kinds = new Map(samples.map(({ strategy, threads }) => [`${strategy} ${threads}`, { strategy, threads }]));
  return [...kinds.values()].map(({ strategy, threads }) => {
    const all = figureOf(perSecond(strategy, threads));
    return { strategy, threads, per_second: all, ratio_to_one: all.median / median(perSecond(strategy, 1)) };
  });
}

function memoryFigure({ ratios, liveBytesHigh, baseBytes, afterBytes, idleBytes }: ChurnSample): MemoryFigure {
  return {
    resident_over_live: median(ratios),
    live_bytes_high: liveBytesHigh,
    base_bytes: baseBytes,
    after_bytes: afterBytes,
    idle_bytes: idleBytes,
  };
}

export function slabFigures({ ratios, roundingRatios, refused }: SlabAnswer): SlabFigures {
  return { held_over_asked: median(ratios), rounded_over_asked: median(roundingRatios), refused };
}

export function resultOf(samples: Samples, rest: Omit<AllocResult, "backends" | "slab">): AllocResult {
  return {
    ...rest,
    missing: [...rest.missing, ...samples.unproven],
    backends: samples.backends.map(backendFigures),
    slab: samples.slab && slabFigures(samples.slab),
  };
}

export function resultJson({ surroundings, budget, interrupted, backends, slab, missing }: AllocResult): string {
  const { host, cpuModel, governor, loadAverage, ...server } = surroundings;
  const document = {
    schema_version: SCHEMA_VERSION,
    kind: "fastserve-bench-alloc",
    server,
    interrupted,
    rounds: { speed: budget.speedRounds, scaling: budget.scalingRounds },
    durations: { cell_ms: budget.cellMs, scaling_ms: budget.scalingMs, idle_s: budget.idleSeconds },
    trace_steps: budget.steps,
    backends: backends.map(({ label: _, ...backend }) => backend),
    slab: slab ?? null,
    missing,
    host: {
      os: host.os,
      arch: host.arch,
      kernel: host.kernel ?? null,
      libc: host.libc,
      cpu_model: cpuModel ?? null,
      cpus: host.cpus,
      cpus_host: host.cpusHost,
      governor: governor ?? null,
      load_average: loadAverage,
      transparent_huge_pages: host.transparentHugePages ?? null,
      memory_bytes: host.memoryBytes ?? null,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
