/**
 * A bench: named cases on the real server. What every bench gets from outside stands in its session, so that a bench
 * itself is data (servers, orders, figures) and a little arithmetic.
 */
import type { ServerConfig, SettingKey } from "../../src/config/schema.ts";
import type { HostReading } from "../../src/control/host.ts";
import type { CompareChoice } from "../cli/compare-choice.ts";
import type { LoadCounts, LoadOrder, LoadTimes } from "../load/order.ts";
import type { BenchDocument, BenchName, CaseDocument } from "../report/document.ts";
import type { FigureName } from "../report/figure-table.ts";
import type { Pinning } from "../server/pinning.ts";
import type { ServerProcess } from "../server/server-process.ts";

export interface Bench {
  readonly name: BenchName;
  readonly title: string;
  /** Why it cannot run in this project (a sentence with the next step); undefined: it can. */
  refuse(project: Project): string | undefined;
  /** Whether plain `npm run bench` includes it for this project. */
  suits(project: Project): boolean;
  /** About how long it runs, for `--list`; without it nothing is said. */
  aboutSeconds?(sizes: Sizes, project: Project): number;
  run(session: Session): Promise<BenchDocument>;
}

export interface Project {
  readonly directory: string;
  readonly config: ServerConfig;
  readonly features: readonly string[];
}

/** From the plan's [bench] settings, overridden by flags. */
export type Sizes = ServerConfig["bench"];

export interface Session extends Project {
  readonly sizes: Sizes;
  /** `--path`: the user's own route to load; "/" unless given. */
  readonly path: string;
  /** What makes the load. */
  readonly generator: "built-in" | "wrk" | "oha" | "h2load";
  /** `--peers` and `--levels`. */
  readonly compare: CompareChoice;
  readonly host: HostReading;
  readonly pinning: Pinning;
  /** Aborted by Ctrl-C: what was measured so far is the result. */
  readonly interrupt: AbortSignal;
  /** One line that replaces itself. */
  progress(text: string): void;
  startServer(spec: ServerSpec): Promise<ServerProcess>;
  /** Warm-up, then the measured time with the server's CPU time and memory read at the same two moments. */
  measure(server: ServerProcess, order: LoadOrder, times?: LoadTimes): Promise<Sample | undefined>;
  /**
   * The method of all benches: `sizes.runs` rounds; in each round every case once, on a server of its own kind that is
   * started fresh for the round and shared by the cases with the same spec, in an order that turns from round to round.
   */
  rounds(cases: readonly CasePlan[]): Promise<readonly CaseDocument[]>;
}

/** Which server is started for a case. */
export interface ServerSpec {
  /** "project": as `npm start` starts it. "bench": the same control plane, features and settings with the bench's routes. */
  readonly program: "project" | "bench";
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>;
  /** Features of the bench program; undefined: all of the project. */
  readonly features?: readonly string[];
  /** Another server than this project's (bench:compare): it is started by this, and the rest is not looked at. */
  readonly other?: OtherServer;
}

export interface OtherServer {
  /** Cases with the same name share a server. */
  readonly name: string;
  start(): Promise<ServerProcess>;
  /** It failed in the rounds and takes no further turn; what was measured of it stays. */
  onLost(reason: string): void;
}

/** One measured time. */
export interface Sample {
  readonly counts: LoadCounts;
  readonly serverCpuSeconds: number | null;
  readonly rssBytes: number | null;
  readonly rssPeakBytes: number | null;
  /** Resident memory every 100 ms: [seconds, bytes]. */
  readonly rssSeries: readonly (readonly [number, number])[];
}

export interface CasePlan {
  readonly id: string;
  readonly title: string;
  readonly server: ServerSpec;
  order(server: ServerProcess): Promise<LoadOrder> | LoadOrder;
  readonly times?: LoadTimes;
  /** Figures of one sample; `standardFigures(sample, unit)` of figures.ts suits most. */
  figures(sample: Sample): Readonly<Partial<Record<FigureName, number>>>;
  /** Further figures, asked of the server itself right after each measured time. */
  probe?(server: ServerProcess): Promise<Readonly<Partial<Record<FigureName, number>>>>;
}
