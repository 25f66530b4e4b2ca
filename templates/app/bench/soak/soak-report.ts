/** What a soak yields: the document that the JSON holds and the terminal shows, with the verdict and all that led to it. */
import type { ReportContext } from "../report/document.ts";
import type { PhaseName } from "./blocks.ts";
import { type CountName, type Counts, countTable } from "./counts.ts";
import { type Moment, type SoakFigureName, soakFigureNames, soakFigures } from "./figures.ts";
import { growthSentence, phaseTexts } from "./growth-text.ts";
import { type Growth, type GrowthVerdict, judgeGrowth } from "./judge.ts";
import { type DeedKind, type Ground, weightsOn } from "./mixture.ts";
import type { SoakOptions } from "./options.ts";
import type { Soaked } from "./soak-server.ts";
import type { ServerCounts } from "./take-sample.ts";

/** Raised when a field of the JSON changes its meaning or goes away. */
export const SOAK_SCHEMA_VERSION = 1;

export type SoakVerdict = "passed" | "failed" | "too short to judge";

export interface SoakReport {
  readonly schema_version: typeof SOAK_SCHEMA_VERSION;
  readonly kind: "fastserve-soak";
  /** Ended early by Ctrl-C. */
  readonly interrupted: boolean;
  readonly verdict: SoakVerdict;
  /** Why it failed, a sentence each. */
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  /** The first of what the counts call failures, with their moments. */
  readonly faults: readonly string[];
  readonly context: ReportContext;
  readonly seed: number;
  readonly seconds: number;
  readonly clients: number;
  readonly reload_seconds: number;
  readonly roll_seconds: number;
  readonly let_pass_ratio: number;
  readonly paths: readonly string[];
  /** Weights of what the clients did. */
  readonly mixture: Readonly<Partial<Record<DeedKind, number>>>;
  readonly counts: Readonly<Counts>;
  readonly growth: readonly GrowthDocument[];
  readonly blocks: readonly BlockDocument[];
  /** Values over time, at unequal steps and bounded in number. */
  readonly series: readonly {
    readonly figure: SoakFigureName;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

export interface GrowthDocument {
  readonly figure: SoakFigureName;
  readonly phase: PhaseName;
  readonly moment: Moment;
  readonly verdict: GrowthVerdict;
  readonly unit: "bytes" | "ms" | "";
  readonly blocks: number;
  readonly seconds: number;
  readonly level: number;
  readonly slope_per_hour: number | null;
  readonly low_per_hour: number | null;
  readonly high_per_hour: number | null;
  readonly growth: number | null;
  readonly growth_let_pass: number;
}

export interface BlockDocument {
  readonly phase: PhaseName;
  readonly moment: Moment;
  readonly seconds: number;
  /** Without what is not known here. */
  readonly values: Readonly<Partial<Record<SoakFigureName, number>>>;
}

export interface SoakSources {
  readonly context: ReportContext;
  readonly options: SoakOptions;
  readonly ground: Ground;
  readonly leftOut: readonly string[];
  /** What the server was set to for the soak, a sentence each. */
  readonly settingNotes: readonly string[];
  readonly soaked: Soaked;
  readonly interrupted: boolean;
}

export function soakReport(sources: SoakSources): SoakReport {
  const { context, options, ground, leftOut, settingNotes, soaked, interrupted } = sources;
  const growth = judgeGrowth(soaked.blocks, options.letPassShare);
  const findings = [
    ...(soaked.death === undefined ? [] : [soaked.death]),
    ...soaked.findings,
    ...growth.filter(({ verdict }) => verdict === "growing").map(growthSentence),
    ...leftovers(soaked),
    ...countFindings(soaked, options.clients),
    ...sweptFindings(soaked.server),
  ];
  const isJudged = growth.some(({ slope }) => slope !== null);
  return {
    schema_version: SOAK_SCHEMA_VERSION,
    kind: "fastserve-soak",
    interrupted,
    verdict: findings.length > 0 ? "failed" : isJudged ? "passed" : "too short to judge",
    findings,
    notes: [
      ...settingNotes,
      ...leftOut,
      ...(soaked.notRolled === undefined ? [] : [`No worker was replaced: ${soaked.notRolled}.`]),
      ...growth.filter(({ verdict }) => verdict === "settling").map(settlingNote),
      ...shortNotes(growth, options),
    ],
    context,
    faults: soaked.faults,
    seed: options.seed,
    seconds: soaked.seconds,
    clients: options.clients,
    reload_seconds: options.reloadSeconds,
    roll_seconds: options.rollSeconds,
    let_pass_ratio: options.letPassShare,
    paths: [...ground.paths, ...ground.bodyPaths, ...ground.socketPaths],
    mixture: Object.fromEntries(weightsOn(ground)),
    counts: soaked.counts,
    growth: growth.map(growthDocument),
    blocks: soaked.blocks.map(({ values, ...block }) => ({ ...block, values: knownOf(values) })),
    series: soakFigureNames.map((figure) => ({
      figure,
      points: soaked.rows
        .map(({ sample }) => [(sample.atMs - soaked.startMs) / 1000, sample.values[figure]] as const)
        .filter(([, value]) => !Number.isNaN(value)),
    })),
  };
}

function growthDocument({ slope, low, high, growthLeast, ...growth }: Growth): GrowthDocument {
  const { unit } = soakFigures[growth.figure];
  return {
    ...growth,
    unit: unit === "MiB" ? "bytes" : unit,
    slope_per_hour: slope,
    low_per_hour: low,
    high_per_hour: high,
    growth_let_pass: growthLeast,
  };
}

function settlingNote(growth: Growth): string {
  return `${growthSentence(growth)} It slowed down, as heaps do that are filling for the first time: a longer run tells.`;
}

/** What was not judged at all, and what was judged too early to tell a leak from a heap that fills for the first time. */
function shortNotes(growth: readonly Growth[], { rollSeconds }: SoakOptions): readonly string[] {
  const isJudged = (phase: PhaseName) => growth.some((row) => row.phase === phase && row.slope !== null);
  const phases: readonly PhaseName[] = rollSeconds > 0 ? ["steady", "rolling"] : ["steady"];
  const early = growth.some(({ verdict, seconds }) => verdict === "growing" && seconds < EARLY_SECONDS);
  return [
    ...phases
      .filter((phase) => !isJudged(phase))
      .map((phase) => `Nothing was judged ${phaseTexts[phase]}: there were too few blocks. Run it longer.`),
    ...(early
      ? ["Growth within the first minutes may be heaps that fill for the first time: a longer run tells."]
      : []),
  ];
}

/** Assumed: the runtimes' heaps have found their size after some minutes of load. */
const EARLY_SECONDS = 120;

/** What must be nothing when nobody is there, seen at every rest of the last third. */
function leftovers({ blocks }: Soaked): readonly string[] {
  const rests = blocks.filter(({ moment }) => moment === "rest");
  const last = rests.slice(-Math.ceil(rests.length / 3));
  if (last.length < LEFTOVER_BLOCKS_MIN) return [];
  return (["in_flight", "sockets", "bodies"] as const).flatMap((name) => {
    // A rest of which nothing is known tells nothing, and hides nothing of the others.
    const known = last.map(({ values }) => values[name]).filter((value) => !Number.isNaN(value));
    const least = known.length < LEFTOVER_BLOCKS_MIN ? 0 : Math.min(...known);
    return least > 0 ? [`${soakFigures[name].label}: never less than ${least} while no client was there.`] : [];
  });
}

/** One rest may come too early for a slow close; so many do not. */
const LEFTOVER_BLOCKS_MIN = 3;

function countFindings({ counts, server }: Soaked, clients: number): readonly string[] {
  const names = Object.keys(countTable) as CountName[];
  const failures = names.filter((name) => countTable[name].kind === "failure" && counts[name] > 0);
  // Each client has one connection, which may wait to be accepted by the worker that is replaced.
  const lostMax = counts.rolls * clients;
  return [
    ...failures.map((name) => `${counts[name]} ${countTable[name].text}.`),
    ...(counts.lost_to_rolls > lostMax
      ? [
          `${counts.lost_to_rolls} ${countTable.lost_to_rolls.text}: more than one for each client and replacement (${lostMax}).`,
        ]
      : []),
    ...((server?.restarts ?? 0) > 0 ? [`${server?.restarts} workers died and were started again.`] : []),
    ...((server?.handlerErrors ?? 0) > 0 ? [`${server?.handlerErrors} handlers threw.`] : []),
  ];
}

/** What the watchdog replaces a worker for is swept away with it, so that no slope shows it. */
function sweptFindings(server: ServerCounts | undefined): readonly string[] {
  const causes = { rss: "the process's memory", heap: "a worker's heap" } as const;
  return (["rss", "heap"] as const).flatMap((reason) => {
    const count = server?.rolls[reason] ?? 0;
    if (count === 0) return [];
    const workers = count === 1 ? "1 worker" : `${count} workers`;
    return [`The watchdog replaced ${workers} because of ${causes[reason]} (reason "${reason}").`];
  });
}

function knownOf(values: Readonly<Record<SoakFigureName, number>>): Readonly<Partial<Record<SoakFigureName, number>>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !Number.isNaN(value)));
}
