/**
 * What a bench yields: the document that the JSON holds, and that the terminal, the page and `--against` read.
 *
 * Idea: a case is one kind of load on one server. Its figures have names from one table (figure-table.ts), and each is an
 * estimate: the runs' values, their median and an interval. Nothing in it is text to be parsed; units stand last in names.
 */
import type { FigureName } from "./figure-table.ts";

/** Raised when a field of the JSON changes its meaning or goes away. */
export const SCHEMA_VERSION = 2;

export const benchNames = [
  "http",
  "ws",
  "static",
  "cache",
  "upload",
  "idle",
  "start",
  "sessions",
  "alloc",
  "scale",
  "compare",
] as const;
export type BenchName = (typeof benchNames)[number];

export interface BenchReport {
  readonly schema_version: typeof SCHEMA_VERSION;
  readonly kind: "fastserve-bench";
  /** Ended early by Ctrl-C. */
  readonly interrupted: boolean;
  readonly context: ReportContext;
  readonly benches: readonly BenchDocument[];
  readonly targets: readonly TargetRow[];
}

/** The circumstances: without them no figure can be compared with another. */
export interface ReportContext {
  /** "Bun 1.4.5". */
  readonly runtime: string;
  readonly adapter: string;
  /** What proved to serve, such as "mimalloc 3.5.3". */
  readonly allocator: string;
  readonly workers_mode: "threads" | "inline";
  readonly workers: number;
  /** CPUs that the server can keep busy. */
  readonly server_cpus: number;
  /** SHA-256 of the effective settings, so that two reports tell whether the plan was the same. */
  readonly settings_digest: string;
  readonly features: readonly string[];
  readonly started_at: string;
  /** Made with --quick: it shows that all works, and proves nothing. */
  readonly quick: boolean;
  readonly pinning: {
    readonly server_cpus: readonly number[];
    /** Cores that the server's CPUs are of: fewer where siblings (SMT) share one; null: nothing is pinned. */
    readonly server_cores: number | null;
    readonly generator_cpus: readonly number[];
    /** Why nothing is pinned; null: both lists hold. */
    readonly reason: string | null;
  };
  readonly host: {
    readonly os: string;
    readonly arch: string;
    readonly kernel: string | null;
    readonly libc: string;
    readonly cpu_model: string | null;
    readonly cpus: number;
    readonly cpus_host: number;
    readonly memory_bytes: number | null;
    readonly governor: string | null;
    readonly transparent_huge_pages: string | null;
    readonly load_average: number;
  };
  /** How much equal pieces of work differed on the CPUs before the bench: median and 99th percentile over the fastest. */
  readonly noise: { readonly median_ratio: number; readonly p99_ratio: number; readonly quiet: boolean } | null;
  /** How the measured server differs from the one that `npm start` starts, and what makes figures weak. */
  readonly notes: readonly string[];
}

export interface BenchDocument {
  readonly name: BenchName;
  readonly title: string;
  /** Why it did not run here; null: it ran. */
  readonly refused: string | null;
  readonly cases: readonly CaseDocument[];
  readonly comparisons: readonly ComparisonDocument[];
  readonly notes: readonly string[];
}

export interface CaseDocument {
  /** Stable over versions, unique in the report: "http/json". */
  readonly id: string;
  readonly title: string;
  readonly load: LoadDocument | null;
  readonly figures: Readonly<Partial<Record<FigureName, Estimate>>>;
  /** Why figures are missing, by name. */
  readonly missing: Readonly<Partial<Record<FigureName, string>>>;
  readonly limited_by: "server" | "generator" | "both" | "neither" | "unknown" | null;
  readonly errors: Readonly<Record<string, number>>;
  /** Latency at rising shares (0..1) of the answers, all runs together; empty: not measured. */
  readonly latency: readonly { readonly share: number; readonly us: number }[];
  /** Values over time within one run, from its start. */
  readonly series: readonly SeriesDocument[];
}

export interface LoadDocument {
  readonly model: "closed" | "open" | "none";
  readonly generator: string;
  readonly connections: number;
  /** Requests that wait for answers on one connection at once. */
  readonly pipeline: number;
  /** Offered load of an open loop; null: as fast as answers come. */
  readonly rate_per_s: number | null;
  /** 0: as long as the work takes, whose amount is given. */
  readonly seconds: number;
  readonly warmup_seconds: number;
}

export interface SeriesDocument {
  readonly figure: FigureName;
  /** [seconds, value] */
  readonly points: readonly (readonly [number, number])[];
}

export interface Estimate {
  readonly median: number;
  /** Bootstrap interval of the median at 95 %; both are the value itself where there is one run. */
  readonly low: number;
  readonly high: number;
  /** One value a run, in their order. */
  readonly runs: readonly number[];
}

/** Two cases that took turns. */
export interface ComparisonDocument {
  readonly figure: FigureName;
  readonly case_id: string;
  readonly baseline_id: string;
  /** Median of the pairs' ratios, case over baseline, and its interval. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** "better" and "worse" only when the whole interval lies on one side of 1. */
  readonly verdict: "better" | "worse" | "no difference shown";
}

/** One promise of this product beside what was measured. */
export interface TargetRow {
  readonly id: string;
  readonly title: string;
  readonly figure: FigureName;
  /** For this plan: what was scaled is said in `scaled`. */
  readonly target: number;
  readonly at: "least" | "most";
  readonly measured: number | null;
  /** Measured over target where more is better, target over measured where less is: 1 and above holds. */
  readonly ratio: number | null;
  readonly verdict: "met" | "missed" | "not measured" | "not shown";
  /** Which case it was read from, or why it was not measured. */
  readonly how: string;
  /** How the published target was scaled to this plan; null: as published. */
  readonly scaled: string | null;
}
