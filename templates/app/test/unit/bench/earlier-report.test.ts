import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { BenchReport, CaseDocument } from "../../../bench/report/document.ts";
import { earlierReport, refuseInVain } from "../../../bench/report/earlier-report.ts";
import { reportsNewestFirst } from "../../../bench/report/report-files.ts";
import { writeReport, writeWhole } from "../../../bench/report/write-report.ts";
import { benchReport } from "../../fixture/bench-report.ts";

const folder = mkdtempSync(join(tmpdir(), "fastserve-earlier-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A project's folder with these reports. */
function projectWith(name: string, reports: Readonly<Record<string, BenchReport>>): string {
  const directory = join(folder, name);
  mkdirSync(join(directory, "bench-reports"), { recursive: true });
  for (const [time, report] of Object.entries(reports))
    writeReport(join(directory, "bench-reports", `${time}.json`), report);
  return directory;
}

const at = (started_at: string, rest: Partial<BenchReport> = {}): BenchReport => ({
  ...benchReport,
  context: { ...benchReport.context, started_at },
  ...rest,
});
const interrupted = at("interrupted", { interrupted: true });
const quick = at("quick", { context: { ...benchReport.context, quick: true } });
const empty = at("empty", { benches: benchReport.benches.map((bench) => ({ ...bench, cases: [] })) });

test("earlierReport() last is the newest report that is whole, says something and was not made in a hurry", () => {
  const directory = projectWith("mixed", {
    "20251231T235959Z": at("old"),
    "20260101T000000Z": at("wanted"),
    "20260102T000000Z": interrupted,
    "20260103T000000Z": quick,
    "20260104T000000Z": empty,
  });
  assert.equal(earlierReport("last", directory)?.context.started_at, "wanted");
  assert.equal(earlierReport(undefined, directory), undefined);
  // Asked for by its name, it is taken.
  const named = join(directory, "bench-reports", "20260102T000000Z.json");
  assert.equal(earlierReport(named, directory)?.interrupted, true);
});

test("earlierReport() last without one to compare with says why, as a wrong use", () => {
  assert.throws(() => earlierReport("last", join(folder, "none")), {
    message: "--against last: there is no report in bench-reports yet. Run the bench once without --against.",
    exitCode: 2,
  });
  const directory = projectWith("unfit", {
    "20260102T000000Z": interrupted,
    "20260103T000000Z": quick,
    "20260104T000000Z": empty,
  });
  assert.throws(() => earlierReport("last", directory), {
    message: `--against last: no report in bench-reports is one to compare with:
  20260104T000000Z.json: it has no figures
  20260103T000000Z.json: it was made with --quick, which proves nothing
  20260102T000000Z.json: it was ended early
Run the bench once without --against.`,
    exitCode: 2,
  });
});

test("reportsNewestFirst() are those that a bench left, and nothing else in the folder", () => {
  const directory = projectWith("files", {});
  assert.deepEqual(reportsNewestFirst(join(folder, "none")), []);
  for (const name of ["20260102T030405Z.json", "20251231T235959Z.json", "20270101T000000Z.html", "zzz.json"])
    writeWhole(join(directory, "bench-reports", name), "{}");
  assert.deepEqual(
    reportsNewestFirst(directory),
    ["20260102T030405Z.json", "20251231T235959Z.json"].map((name) => join(directory, "bench-reports", name)),
  );
});

const four = { median: 1, low: 1, high: 1, runs: [1, 1, 1, 1] };
const load = {
  model: "closed",
  generator: "built-in",
  connections: 64,
  pipeline: 1,
  rate_per_s: null,
  seconds: 10,
  warmup_seconds: 3,
} as const;
const own: CaseDocument = {
  id: "http/json",
  title: "an object as JSON",
  load,
  figures: { requests_per_second: four },
  missing: {},
  limited_by: null,
  errors: {},
  latency: [],
  series: [],
};

function reportWith(one: Partial<CaseDocument>): Pick<BenchReport, "benches"> {
  const bench = { name: "http", title: "", refused: null, comparisons: [], notes: [] } as const;
  return { benches: [{ ...bench, cases: [{ ...own, ...one }] }] };
}

const planned = { names: ["http"], runs: 6, seconds: 10 } as const;

test("refuseInVain() lets pass what some figure can be compared in", () => {
  refuseInVain(reportWith({}), planned);
  refuseInVain(reportWith({ load: null }), { ...planned, seconds: 1 });
  refuseInVain(reportWith({ load: { ...load, seconds: 0 } }), { ...planned, seconds: 1 });
});

const inVain = [
  ["a run too few now", {}, { ...planned, runs: 3 }, /^--against needs at least 4 runs .*there would be 3:/],
  [
    "a run too few then",
    { figures: { requests_per_second: { ...four, runs: [1, 1, 1] } } },
    planned,
    /nothing to comp/,
  ],
  ["another bench", {}, { ...planned, names: ["start", "ws"] }, /no case of start, ws with at least 4 runs and 10 s/],
  ["other seconds", {}, { ...planned, seconds: 5 }, /and 5 s of load/],
  ["another server's case", { id: "compare/bare/json/hono" }, planned, /nothing to compare with/],
] as const;

for (const [name, one, plan, message] of inVain) {
  test(`refuseInVain() refuses ${name} before any load`, () => {
    assert.throws(() => refuseInVain(reportWith(one), plan), { message, exitCode: 2 });
  });
}
