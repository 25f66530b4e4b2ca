/** The memory report as a table for people: columns aligned, sizes in binary units. */
import type { MemoryReport } from "./memory-report.ts";

type Cells = readonly string[];

export function memoryTable(report: MemoryReport): string {
  const sections: readonly (readonly [title: string, rows: readonly Cells[]])[] = [
    ["memory", overview(report)],
    ["budget", [["row", "planned", "now", "what now is"], ...budgetRows(report)]],
    ["threads", [["thread", "heap used", "limit", "outside"], ...threadRows(report)]],
    ["collections", [["worker", "count", "sum", "longest"], ...collectionRows(report)]],
    ["uses", [["use", "held", "in use", "highest", "taken", "missed"], ...useRows(report)]],
    ["features", Object.entries(report.features).map(([name, bytes]) => [name, size(bytes)])],
  ];
  return sections
    .filter(([, rows]) => rows.some((row) => row.length === 2) || rows.length > 1)
    .map(([title, rows]) => `${title}\n${aligned(rows)}`)
    .join("\n");
}

function overview(report: MemoryReport): readonly Cells[] {
  const { growth, budget, allocator } = report;
  return [
    ["resident", size(report.rssBytes)],
    ["peak", size(report.rssPeakBytes)],
    ["held", size(report.heldBytes)],
    ["limit, planned", size(report.limitBytes)],
    ["limit, granted", size(report.grantedBytes)],
    ["verdict", budget.note === "" ? budget.verdict : `${budget.verdict}: ${budget.note}`],
    ["allocator", `${allocator.backend} (${allocator.evidence})`],
    ["growth", growthText(growth)],
    ["allocated per request", size(report.allocatedBytesPerRequest)],
    ["arena fill", `p50 ${share(report.arenaFill.p50)}, p99 ${share(report.arenaFill.p99)}`],
  ];
}

function growthText({ bytesPerSecond, secondsToLimit }: MemoryReport["growth"]): string {
  if (bytesPerSecond === undefined) return "unknown: the server has run for less than two minutes";
  const rate = `${bytesPerSecond < 0 ? "-" : ""}${size(Math.abs(bytesPerSecond) * 3600)} an hour`;
  return secondsToLimit === undefined ? rate : `${rate}; the limit is ${duration(secondsToLimit)} away`;
}

function budgetRows({ budget }: MemoryReport): readonly Cells[] {
  return budget.rows.map((row) => [row.name, size(row.plannedBytes), size(row.nowBytes), row.measured]);
}

function threadRows({ threads }: MemoryReport): readonly Cells[] {
  return threads.map((thread) => [
    thread.name,
    size(thread.heapUsedBytes),
    thread.heapLimitBytes === 0 ? "-" : size(thread.heapLimitBytes),
    size(thread.externalBytes),
  ]);
}

function collectionRows({ collections }: MemoryReport): readonly Cells[] {
  return collections.map((row) => [row.name, String(row.count), `${ms(row.seconds)} ms`, `${ms(row.secondsMax)} ms`]);
}

function useRows({ uses }: MemoryReport): readonly Cells[] {
  return Object.entries(uses).map(([name, use]) => [
    name,
    size(use.heldBytes),
    size(use.usedBytes),
    size(use.highBytes),
    String(use.taken),
    String(use.missed),
  ]);
}

function aligned(rows: readonly Cells[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Cells) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}\n`).join("");
}

const SIZE_NAMES = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

function size(bytes: number | undefined): string {
  if (bytes === undefined) return "-";
  const step = Math.min(SIZE_NAMES.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${SIZE_NAMES[step]}`;
}

function share(value: number | undefined): string {
  return value === undefined ? "-" : `${Math.round(value * 100)} %`;
}

function ms(seconds: number): string {
  return (seconds * 1000).toFixed(1);
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
