/** What the threads tell each other: the process's resident size, and each worker's level and signs. */
import type { Sign } from "./level.ts";

/** Numbers per row: one cache line, so that no two threads write the same. */
const ROW = 8;
const signNames = ["lag", "in_flight", "memory", "heap"] as const satisfies readonly Sign["name"][];

export function zoneBytes(workers: number): number {
  return (1 + workers) * ROW * 8;
}

/** Row of the control plane: its first number is the resident size in bytes. */
export function controlRow(zone: SharedArrayBuffer): Float64Array {
  return new Float64Array(zone, 0, ROW);
}

/** A worker's row: its level, then each sign as a share of its mark. */
export function workerRow(zone: SharedArrayBuffer, worker: number): Float64Array {
  return new Float64Array(zone, (1 + worker) * ROW * 8, ROW);
}

export function writeRow(row: Float64Array, level: number, signs: readonly Sign[], values: readonly number[]): void {
  row[0] = level;
  // From the last: the first of two signs of one name, whose mark is the lower one, is what is told.
  for (let index = signs.length - 1; index >= 0; index -= 1) {
    const { name, mark } = signs[index] as Sign;
    row[1 + signNames.indexOf(name)] = (values[index] as number) / mark;
  }
}

/** Lines of the metrics page: the worst of all workers. */
export function overloadMetrics(rows: readonly Float64Array[]): string {
  const worst = (index: number) => Math.max(0, ...rows.map((row) => row[index] as number));
  const signs = signNames.map((name, index) => `fastserve_overload_sign{sign="${name}"} ${worst(1 + index)}\n`);
  return (
    "# HELP fastserve_overload_level Level of the most overloaded worker: 0 none, 1 closes connections, 2 sheds low priority, 3 all but critical.\n" +
    `# TYPE fastserve_overload_level gauge\nfastserve_overload_level ${worst(0)}\n` +
    "# HELP fastserve_overload_sign What drives the level, as a share of its mark: above 1 it rises.\n" +
    `# TYPE fastserve_overload_sign gauge\n${signs.join("")}`
  );
}
