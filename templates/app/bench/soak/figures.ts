/**
 * What a soak watches: where each figure is judged, and the growth over the judged time that counts at all.
 *
 * Idea: a sure slope may still be too small to matter, and with enough points every slope is sure. So a figure fails a soak only
 * when it grew by more than a share of its level, or by more than an amount, whichever is more. Descriptors, threads and
 * what is counted in pieces come back to the same number whenever no client is there, so they are judged at rest only.
 */

export type Moment = "load" | "rest";

export interface SoakFigure {
  readonly label: string;
  readonly unit: "MiB" | "ms" | "";
  /** One of these units. */
  readonly unitSize: number;
  readonly judgedAt: readonly Moment[];
  /** What stands for a block: its median, or its lower quarter where a collector makes a saw. */
  readonly block: "median" | "low";
  readonly least: { readonly share: number; readonly amount: number };
}

const MIB = 1024 ** 2;
/** Assumed: allocators round to pages and spans, so that a megabyte, or 2 % of what is there, moves without any leak. */
const memory = { unit: "MiB", unitSize: MIB, least: { share: 0.02, amount: MIB } } as const;
const piece = { unit: "", unitSize: 1, block: "median", judgedAt: ["rest"], least: { share: 0, amount: 1 } } as const;

export const soakFigures = {
  memory: { ...memory, label: "memory", judgedAt: ["load", "rest"], block: "median" },
  heap: { ...memory, label: "heap", judgedAt: ["load", "rest"], block: "low" },
  fds: { ...piece, label: "open files" },
  threads: { ...piece, label: "threads" },
  /** Assumed: people notice tens of milliseconds, and a busy machine moves a few by itself. */
  lag: {
    label: "event loop lag",
    unit: "ms",
    unitSize: 1,
    judgedAt: ["load"],
    block: "median",
    least: { share: 0.5, amount: 5 },
  },
  connections: { ...piece, label: "connections" },
  sockets: { ...piece, label: "WebSockets" },
  in_flight: { ...piece, label: "requests in flight" },
  bodies: { ...memory, label: "held bodies", judgedAt: ["rest"], block: "median" },
} as const satisfies Readonly<Record<string, SoakFigure>>;

export type SoakFigureName = keyof typeof soakFigures;
export const soakFigureNames = Object.keys(soakFigures) as readonly SoakFigureName[];

/** Growth over the judged time that is let pass. `letPassShare`: the operator's own share of memory, at least the table's. */
export function leastGrowth(name: SoakFigureName, level: number, letPassShare: number): number {
  const { least, unit } = soakFigures[name];
  const share = unit === "MiB" ? Math.max(least.share, letPassShare) : least.share;
  return Math.max(least.amount, share * level);
}
