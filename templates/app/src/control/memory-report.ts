/**
 * `GET /-/memory` of the admin listener: what was planned beside what is there, as JSON, or as a table for people with
 * `?format=text`. Computed when it is asked for.
 */
import type { Resource } from "../runtime/port.ts";
import type { AllocatorTruth } from "./allocator.ts";
import type { BudgetRow } from "./least-memory.ts";
import { fillQuantile, type MemoryFigures } from "./memory-figures.ts";
import { memoryTable } from "./memory-table.ts";

export interface ReportRow {
  readonly name: BudgetRow["name"] | "headroom";
  readonly plannedBytes: number;
  /** What is known to be there now; undefined: it cannot be told apart. */
  readonly nowBytes: number | undefined;
  /** What `nowBytes` is, or why there is none. */
  readonly measured: string;
}

export interface MemoryReport {
  readonly rssBytes: number;
  readonly rssPeakBytes: number | undefined;
  readonly heldBytes: number;
  readonly limitBytes: number;
  readonly grantedBytes: number | undefined;
  readonly budget: { readonly verdict: string; readonly note: string; readonly rows: readonly ReportRow[] };
  readonly allocator: { readonly backend: string; readonly serving: boolean | undefined; readonly evidence: string };
  readonly growth: {
    /** undefined: the server has not run for long enough. */
    readonly bytesPerSecond: number | undefined;
    /** Until the limit at this growth; undefined: it does not grow, or nobody knows. */
    readonly secondsToLimit: number | undefined;
  };
  readonly threads: MemoryFigures["threads"];
  readonly collections: MemoryFigures["collections"];
  readonly allocatedBytesPerRequest: number | undefined;
  readonly uses: MemoryFigures["uses"];
  readonly arenaFill: { readonly p50: number | undefined; readonly p99: number | undefined };
  readonly connections: number | undefined;
  readonly sockets: number;
  readonly features: MemoryFigures["features"];
}

export function memoryReport(figures: MemoryFigures, allocator: AllocatorTruth): MemoryReport {
  const { rssBytes, rssPeakBytes, heldBytes, limitBytes, budget, threads, collections, uses, fill } = figures;
  const { allocatedBytes, requests, connections, sockets, features } = figures;
  return {
    rssBytes,
    rssPeakBytes,
    heldBytes,
    limitBytes,
    grantedBytes: budget.grantedBytes,
    budget: { verdict: budget.verdict, note: budget.note, rows: reportRows(figures) },
    allocator: { backend: allocator.backend, serving: allocator.serving, evidence: allocator.evidence },
    growth: growthOf(figures),
    threads,
    collections,
    allocatedBytesPerRequest:
      allocatedBytes === undefined || requests === 0 ? undefined : Math.round(allocatedBytes / requests),
    uses,
    arenaFill: { p50: fillQuantile(fill, 0.5), p99: fillQuantile(fill, 0.99) },
    connections,
    sockets,
    features,
  };
}

export function memoryResource(report: () => MemoryReport): Resource {
  const endpoint = (request: Request): Response => {
    if (new URL(request.url).searchParams.get("format") === "text") return new Response(memoryTable(report()));
    return Response.json(report());
  };
  return {
    pattern: "/-/memory",
    endpoints: new Map([
      ["GET", endpoint],
      ["HEAD", endpoint],
    ]),
  };
}

/** The plan's rows with what can be told of each. */
function reportRows(figures: MemoryFigures): readonly ReportRow[] {
  const { threads, budget, zonesBytes, bodiesBytes, uses, connections, features, heldBytes, headroomBytes } = figures;
  const heaps = threads.reduce((sum, { name, heapUsedBytes }) => sum + (name === "main" ? 0 : heapUsedBytes), 0);
  const scratch = Object.values(uses).reduce((sum, use) => sum + use.heldBytes, 0);
  const featureBytes = Object.values(features).reduce((sum, bytes) => sum + bytes, 0);
  const measured: Readonly<Record<BudgetRow["name"], readonly [number | undefined, string]>> = {
    base: [undefined, "the rest of what is held; not told apart"],
    zones: [zonesBytes, "shared memory of the workers' rows"],
    heaps: [heaps, "heaps of the workers, in use"],
    scratch: [scratch, "held by arenas and pools"],
    connections: [
      undefined,
      connections === undefined ? "this adapter does not see connections" : `${connections} open`,
    ],
    bodies: [bodiesBytes, "bodies being held"],
    features: [featureBytes, "told by the features"],
  };
  return [
    ...budget.rows.map(({ name, plannedBytes }): ReportRow => {
      const [nowBytes, text] = measured[name];
      return { name, plannedBytes, nowBytes, measured: text };
    }),
    {
      name: "headroom",
      plannedBytes: headroomBytes,
      nowBytes: Math.max(0, figures.limitBytes - heldBytes),
      measured: "left below the limit",
    },
  ];
}

function growthOf({ growthBytesPerSecond, heldBytes, limitBytes, budget }: MemoryFigures): MemoryReport["growth"] {
  const limit = Math.min(limitBytes, budget.grantedBytes ?? limitBytes);
  const isGrowing = growthBytesPerSecond !== undefined && growthBytesPerSecond > 0;
  return {
    bytesPerSecond: growthBytesPerSecond,
    secondsToLimit: isGrowing ? Math.max(0, Math.round((limit - heldBytes) / growthBytesPerSecond)) : undefined,
  };
}
