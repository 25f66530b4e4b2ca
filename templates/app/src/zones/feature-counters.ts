/** Counters that a feature brings along: one row per worker, as those of counters.ts, in a buffer of the feature's own. */
import type { CounterDefinition } from "../http/feature.ts";
import { sumRows } from "./zones.ts";

/** Numbers per row: whole 64-byte cache lines, and one even for a feature that counts nothing. */
function rowLength(definitions: readonly CounterDefinition[]): number {
  return Math.max(1, Math.ceil(definitions.length / 8)) * 8;
}

export function createCounters(workers: number, definitions: readonly CounterDefinition[]): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * rowLength(definitions) * 8);
}

/** One worker's row; `add` of counters.ts writes it. */
export function counterRow(
  buffer: SharedArrayBuffer,
  worker: number,
  definitions: readonly CounterDefinition[],
): Float64Array {
  const length = rowLength(definitions);
  return new Float64Array(buffer, worker * length * 8, length);
}

export function counterRows(
  buffer: SharedArrayBuffer,
  definitions: readonly CounterDefinition[],
): readonly Float64Array[] {
  const workers = buffer.byteLength / (rowLength(definitions) * 8);
  return Array.from({ length: workers }, (_, worker) => counterRow(buffer, worker, definitions));
}

/** Lines of the metrics page. Definitions of one metric with different labels stand together and share its help. */
export function counterLines(rows: readonly Float64Array[], definitions: readonly CounterDefinition[]): string {
  const sums = sumRows(rows);
  const seen = new Set<string>();
  const lines = definitions.map(({ metric, help }, index) => {
    const name = metric.replace(/\{.*$/, "");
    const head = seen.has(name) ? "" : `# HELP ${name} ${help}\n# TYPE ${name} counter\n`;
    seen.add(name);
    return `${head}${metric} ${sums[index]}\n`;
  });
  return lines.join("");
}
