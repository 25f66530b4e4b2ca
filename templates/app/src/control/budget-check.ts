/**
 * Whether the memory that this process is granted holds the plan.
 *
 * Idea: the plan divided memory.limit_bytes; a container or machine may grant less. What falls short by more than
 * watchdog.drift_percent is a drift, which the launch answers with smaller heaps; where not even the smallest heaps
 * leave room for the other rows, the server would be killed in the middle of its work, so it does not start.
 * Pure: the launch, the running server and the doctor ask it alike.
 */
import { retuneCommand } from "../config/retune-command.ts";
import type { ServerConfig } from "../config/schema.ts";
import type { AdapterName } from "../runtime/capabilities.ts";
import { grantedMemory } from "./granted-memory.ts";
import type { HostReading } from "./host.ts";
import { type BudgetRow, budgetRows, leastCosts, threads } from "./least-memory.ts";

export interface BudgetCheck {
  /** "unknown": this process cannot read what it is granted. "spare": more than planned, which nothing uses. */
  readonly verdict: "fits" | "spare" | "drift" | "unsafe" | "unknown";
  readonly plannedBytes: number;
  readonly grantedBytes: number | undefined;
  readonly rows: readonly BudgetRow[];
  /** All rows at their least. */
  readonly leastBytes: number;
  /** What of the planned heaps the granted memory has room for, 1 at most. */
  readonly heapShare: number;
  /** What is the matter and what to do about it: sentences. "" when it fits. */
  readonly note: string;
}

export function checkBudget(
  config: ServerConfig,
  host: Pick<HostReading, "memoryBytes">,
  adapter: AdapterName,
  profile?: string,
): BudgetCheck {
  const rows = budgetRows(config, adapter);
  const leastBytes = rows.reduce((sum, row) => sum + row.leastBytes, 0);
  const plannedBytes = config.memory.limit_bytes;
  const grantedBytes = grantedMemory(config, host.memoryBytes, plannedBytes);
  const parts = { plannedBytes, grantedBytes, rows, leastBytes };
  if (grantedBytes === undefined) {
    const note = "What this process is granted cannot be read: the memory budget is not checked.";
    return { ...parts, verdict: "unknown", heapShare: 1, note };
  }
  const heapShare = shareOfHeaps(config, adapter, rows, grantedBytes);
  const tolerance = (plannedBytes * config.watchdog.drift_percent) / 100;
  if (leastBytes > grantedBytes) {
    return { ...parts, verdict: "unsafe", heapShare, note: unsafeNote(config, grantedBytes, rows, profile) };
  }
  if (grantedBytes < plannedBytes - tolerance) {
    return { ...parts, verdict: "drift", heapShare, note: driftNote(plannedBytes, grantedBytes, heapShare, profile) };
  }
  if (grantedBytes > plannedBytes + tolerance) {
    return { ...parts, verdict: "spare", heapShare, note: spareNote(plannedBytes, grantedBytes, profile) };
  }
  return { ...parts, verdict: "fits", heapShare, note: "" };
}

/** A planned heap scaled by the share of heaps, and not below the smallest in which the server serves. */
export function grantedHeapBytes(plannedBytes: number, heapShare: number, adapter: AdapterName): number {
  const least = Math.min(plannedBytes, leastCosts[adapter].heapBytes);
  return Math.floor(Math.max(plannedBytes * heapShare, least));
}

/** The configuration with the engine's memory as the launch scales it: what a worker on Bun takes for its heap's limit. */
export function grantedConfig(config: ServerConfig, { heapShare }: BudgetCheck, adapter: AdapterName): ServerConfig {
  const { ram_bytes } = config.engine;
  if (ram_bytes === undefined) return config;
  return { ...config, engine: { ...config.engine, ram_bytes: grantedHeapBytes(ram_bytes, heapShare, adapter) } };
}

/** What is left for the heaps when the other rows, and a headroom in the plan's proportion, have their memory. */
function shareOfHeaps(
  config: ServerConfig,
  adapter: AdapterName,
  rows: readonly BudgetRow[],
  grantedBytes: number,
): number {
  const { limit_bytes, heaps_bytes, headroom_bytes } = config.memory;
  if (grantedBytes >= limit_bytes) return 1;
  // A thread's own cost does not shrink with its heap.
  const fixed = threads(config) * leastCosts[adapter].threadBytes;
  const planned = heaps_bytes - fixed;
  if (planned <= 0) return 1;
  const heaps = rows.find((row) => row.name === "heaps");
  const others = rows.reduce((sum, row) => sum + (row.name === "heaps" ? 0 : row.leastBytes), 0);
  const left = grantedBytes - others - headroom_bytes * (grantedBytes / limit_bytes) - fixed;
  const least = (heaps?.leastBytes ?? 0) - fixed;
  return Math.min(1, Math.max(left, least, 0) / planned);
}

function unsafeNote(
  { memory, watchdog }: ServerConfig,
  grantedBytes: number,
  rows: readonly BudgetRow[],
  profile?: string,
): string {
  let sum = 0;
  const missing = rows.filter((row) => {
    sum += row.leastBytes;
    return sum > grantedBytes && row.leastBytes > 0;
  });
  const names = missing.map((row) => `${row.name} (${mib(row.leastBytes)} MiB)`).join(", ");
  const lowered = missing.flatMap((row) => row.lowered);
  return [
    `memory.limit_bytes = ${memory.limit_bytes} plans with ${mib(memory.limit_bytes)} MiB and this host grants ${mib(grantedBytes)} MiB:`,
    `even with the smallest heaps the server needs ${mib(sum)} MiB, and there is no room for ${names}.`,
    `Retune the project for this host (${retuneCommand(profile)})`,
    ...(lowered.length === 0 ? [] : [`or lower ${lowered.join(", ")} in fastserve.toml`]),
    watchdog.on_unsafe === "refuse"
      ? 'or set watchdog.on_unsafe = "warn" there to start all the same.'
      : '; watchdog.on_unsafe = "warn" starts it all the same.',
  ]
    .join(" ")
    .replace(" ;", ";");
}

function driftNote(plannedBytes: number, grantedBytes: number, heapShare: number, profile?: string): string {
  return [
    `This host grants ${mib(grantedBytes)} MiB of memory, the plan has ${mib(plannedBytes)} MiB:`,
    `heaps are scaled down to ${Math.round(heapShare * 100)} %; retune the project for this host (${retuneCommand(profile)}).`,
  ].join(" ");
}

function spareNote(plannedBytes: number, grantedBytes: number, profile?: string): string {
  return [
    `This host grants ${mib(grantedBytes)} MiB of memory, the plan has ${mib(plannedBytes)} MiB: the rest is not used;`,
    `retune the project for this host (${retuneCommand(profile)}).`,
  ].join(" ");
}

/** Whole MiB: grants are rounded down and needs with them, so that a sentence never shows the reverse of what it says. */
function mib(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}
