import assert from "node:assert/strict";
import { test } from "node:test";
import { compareCases, errorNotes } from "../../../bench/method/compare.ts";
import { estimateOf } from "../../../bench/method/estimate.ts";
import type { CaseDocument } from "../../../bench/report/document.ts";
import type { FigureName } from "../../../bench/report/figure-table.ts";

function caseWith(id: string, figures: Readonly<Partial<Record<FigureName, readonly number[]>>>): CaseDocument {
  return {
    id,
    title: id,
    load: null,
    figures: Object.fromEntries(Object.entries(figures).map(([name, runs]) => [name, estimateOf(runs)])),
    missing: {},
    limited_by: null,
    errors: {},
    latency: [],
    series: [],
  };
}

const six = [10, 20, 30, 40, 50, 60];
const times = (factors: readonly number[]) => six.map((value, round) => value * (factors[round] ?? 1));

const verdicts: readonly (readonly [
  name: string,
  figure: FigureName,
  runs: readonly number[],
  expected: readonly [ratio: number, low: number, high: number, pairs: number, verdict: string],
])[] = [
  [
    "a rate above in all six",
    "requests_per_second",
    times([1.5, 1.25, 2, 1.5, 1.5, 1.25]),
    [1.5, 1.25, 2, 6, "better"],
  ],
  ["a cost above in all six", "latency_p99_us", times([1.5, 1.25, 2, 1.5, 1.5, 1.25]), [1.5, 1.25, 2, 6, "worse"]],
  ["a cost below in all six", "latency_p99_us", times([0.5, 0.5, 0.75, 0.5, 0.5, 0.5]), [0.5, 0.5, 0.75, 6, "better"]],
  [
    "a rate below in all six",
    "requests_per_second",
    times([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
    [0.5, 0.5, 0.5, 6, "worse"],
  ],
  [
    "one of six on the other side",
    "requests_per_second",
    times([2, 2, 2, 0.5, 2, 2]),
    [2, 0.5, 2, 6, "no difference shown"],
  ],
  ["one of six alike", "requests_per_second", times([2, 2, 2, 1, 2, 2]), [2, 1, 2, 6, "no difference shown"]],
  ["five of five", "requests_per_second", [20, 40, 60, 80, 100], [2, 2, 2, 5, "no difference shown"]],
];

for (const [name, figure, runs, [ratio, low, high, pairs, verdict]] of verdicts) {
  test(`compareCases() of ${figure}: ${name} is "${verdict}"`, () => {
    const comparison = compareCases(caseWith("a", { [figure]: runs }), caseWith("b", { [figure]: six }), [figure]);
    assert.deepEqual(comparison, [{ figure, case_id: "a", baseline_id: "b", ratio, low, high, pairs, verdict }]);
  });
}

test("compareCases() claims nothing when one of the two had errors, and errorNotes() says which one", () => {
  const refusing = {
    ...caseWith("cache/hit", { requests_per_second: times([2, 2, 2, 2, 2, 2]) }),
    errors: { status: 7 },
  };
  const sound = caseWith("cache/off", { requests_per_second: six });
  const verdictsOf = (a: CaseDocument, b: CaseDocument) =>
    compareCases(a, b, ["requests_per_second"]).map(({ ratio, verdict }) => [ratio, verdict]);
  assert.deepEqual(verdictsOf(refusing, sound), [[2, "no difference shown"]]);
  assert.deepEqual(verdictsOf(sound, refusing), [[0.5, "no difference shown"]]);
  assert.deepEqual(verdictsOf({ ...refusing, errors: { status: 0 } }, sound), [[2, "better"]]);
  assert.deepEqual(errorNotes([refusing, sound]), [
    "No difference is claimed in comparisons with cache/hit: it had 7 errors.",
  ]);
});

test("compareCases() leaves out what cannot be compared", () => {
  const figures = ["requests_per_second", "latency_p50_us", "server_cpus_busy", "server_rss_bytes"] as const;
  // Lacking in one; zero in a run; better neither way; none at all.
  const one = caseWith("a", { requests_per_second: six, latency_p50_us: [0, 1, 1, 1, 1, 1], server_cpus_busy: six });
  const other = caseWith("b", { latency_p50_us: six, server_cpus_busy: six });
  assert.deepEqual(compareCases(one, other, figures), []);
});

test("compareCases() pairs runs of the same round when one case has a run more", () => {
  const [comparison] = compareCases(caseWith("a", { start_ms: [2, 4, 6] }), caseWith("b", { start_ms: [1, 2] }), [
    "start_ms",
  ]);
  assert.deepEqual([comparison?.pairs, comparison?.ratio], [2, 2]);
});
