/** Benches with cases of given runs, and the row that a target comes to by them. */
import assert from "node:assert/strict";
import { estimateOf } from "../../../bench/method/estimate.ts";
import type {
  BenchDocument,
  BenchName,
  CaseDocument,
  LoadDocument,
  TargetRow,
} from "../../../bench/report/document.ts";
import type { FigureName } from "../../../bench/report/figure-table.ts";
import { targetRows } from "../../../bench/targets/target-rows.ts";
import type { TargetSources } from "../../../bench/targets/target-sources.ts";

type Runs = Readonly<Partial<Record<FigureName, readonly number[]>>>;

export function caseWith(id: string, figures: Runs, more: Partial<CaseDocument> = {}): CaseDocument {
  return {
    id,
    title: id,
    load: null,
    figures: Object.fromEntries(Object.entries(figures).map(([name, runs]) => [name, estimateOf(runs)])),
    missing: {},
    limited_by: "server",
    errors: {},
    latency: [],
    series: [],
    ...more,
  };
}

export function benchWith(name: BenchName, ...cases: readonly CaseDocument[]): BenchDocument {
  return { name, title: name, refused: null, cases, comparisons: [], notes: [] };
}

export const sources: TargetSources = {
  benches: [],
  context: {
    server_cpus: 4,
    pinning: { server_cpus: [0, 1, 2, 3], server_cores: 4, generator_cpus: [4, 5, 6, 7], reason: null },
  },
  connectionsMax: 20_000,
  image: { reason: "no image was given" },
  refusalOf: () => undefined,
};

export function loadOf(model: LoadDocument["model"], connections: number): LoadDocument {
  const rest = { generator: "built-in", pipeline: 1, rate_per_s: null, seconds: 1, warmup_seconds: 1 };
  return { model, connections, ...rest };
}

export function rowOf(id: string, changes: Partial<TargetSources>): TargetRow {
  const row = targetRows({ ...sources, ...changes }).find((each) => each.id === id);
  assert.ok(row, id);
  return row;
}

/** Six runs around a value; its interval is within 1 % of it. */
export const around = (value: number) => [0.99, 0.995, 1, 1, 1.005, 1.01].map((factor) => factor * value);
