/** The benches of one project in one go, as a process: their figures are checked for sense, not for speed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { BenchName, BenchReport, CaseDocument } from "../../bench/report/document.ts";
import type { FigureName } from "../../bench/report/figure-table.ts";
import { loadConfig } from "../../src/config/load.ts";
import { features } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";
import { projectDirectory } from "../fixture/server-process.ts";

const MIB = 1024 ** 2;
const isLinux = process.platform === "linux";
const has = (feature: string) => features.some(({ name }) => name === feature);
const { config } = loadConfig({ directory: projectDirectory, environment: process.env });
const hasCache = has("response-cache") && config.cache.zone_bytes > 0;

/** What each bench must report here. */
const expectedCases: Readonly<Partial<Record<BenchName, readonly string[]>>> = {
  http: [
    ...["own", "constant", "json", "params", "post", "constant-pipelined", "churn"],
    ...["open-25", "open-50", "open-75", "open-90"],
  ],
  ...(has("static-files") && { static: ["small", "medium", "large", "unchanged", "range", "compressed"] }),
  ...(hasCache && { cache: ["hit", "miss", "off"] }),
  upload: ["declared", "chunked"],
  start: ["cold"],
  sessions: ["create", "use", "fill", "read"],
};

const sizes = {
  runs: 1,
  seconds: 0.2,
  "warmup-seconds": 0,
  connections: 4,
  sessions: 200,
  "cached-requests": 100,
  "upload-bytes": 20_000,
};

test("bench measures every case of http, static, cache, upload, start, sessions and scale", {
  timeout: 180_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve bench "));
  try {
    const json = join(folder, "report.json");
    const flags = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const names = [...Object.keys(expectedCases), "scale"];
    const end = await startBench("bench/main.ts", [...names, ...flags, "--path", "/json", "--json", json]).ended;
    const { benches, targets } = JSON.parse(readFileSync(json, "utf8")) as BenchReport;
    assert.deepEqual(
      benches.filter(({ refused }) => refused !== null),
      [],
      end.stderr,
    );
    for (const [name, cases] of Object.entries(expectedCases)) {
      const found = benches.find((bench) => bench.name === name)?.cases.map(({ id }) => id);
      assert.deepEqual(
        found,
        cases.map((each) => `${name}/${each}`),
      );
    }
    const cases = benches.flatMap((bench) => bench.cases);
    for (const each of cases) checkCase(each);
    checkKinds(benches);
    checkTargets(targets, benches);
    // An open loop on a machine that is busy otherwise may leave requests unsent, and the bench says so by its status.
    const openErrors = cases.flatMap(({ errors }) => Object.keys(errors));
    assert.equal(end.code, openErrors.length === 0 ? 0 : 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function checkCase({ id, load, figures, errors, latency }: CaseDocument): void {
  const { unsent, ...others } = errors;
  assert.deepEqual(others, {}, id);
  assert.ok(unsent === undefined || load?.model === "open", id);
  const value = (name: FigureName) => figures[name]?.median;
  const rate = value("requests_per_second") ?? value("operations_per_second");
  if (load) {
    assert.ok(rate !== undefined && rate > 1 && rate < 1e8, `${id}: ${rate}/s`);
    assert.ok(latency.length > 2, `${id}: ${latency.length} points of latency`);
    const [p50 = 0, p99 = 0] = [value("latency_p50_us"), value("latency_p99_us")];
    assert.ok(p50 > 1 && p50 <= p99 && p99 < 60e6, `${id}: ${p50} and ${p99} us`);
  }
  if (!isLinux) return;
  const cpuUs = value("server_cpu_us_per_request");
  // A few requests of an open loop may take less than the 10 ms that CPU time is counted in.
  if (load) assert.ok(cpuUs !== undefined && cpuUs >= 0 && cpuUs < 1e6, `${id}: ${cpuUs} us`);
  const rss = value("server_rss_bytes") ?? 0;
  assert.ok(rss > 10 * MIB && rss < 16_384 * MIB, `${id}: ${rss} bytes`);
}

/** What each kind of bench measures beside what all do. */
function checkKinds(benches: BenchReport["benches"]): void {
  const byId = new Map(benches.flatMap((bench) => bench.cases).map((each) => [each.id, each]));
  const value = (id: string, name: FigureName) => byId.get(id)?.figures[name]?.median ?? Number.NaN;

  const [offered, most] = [value("http/open-50", "offered_per_second"), value("http/json", "requests_per_second")];
  assert.ok(Math.abs(offered - most / 2) <= 1, `${offered} of ${most}`);
  assert.equal(value("http/churn", "connections_per_second"), value("http/churn", "requests_per_second"));
  assert.equal(byId.get("http/constant-pipelined")?.load?.pipeline, config.bench.pipeline);

  const uploads = value("upload/declared", "requests_per_second");
  const bytes = value("upload/declared", "bytes_per_second");
  // The body and an answer of a few bytes.
  assert.ok(bytes > uploads * 20_000 && bytes < uploads * 20_100, `${bytes} bytes of ${uploads} bodies`);

  const startMs = value("start/cold", "start_ms");
  // No runtime starts in less than 10 ms, nor takes a minute.
  assert.ok(startMs > 10 && startMs < 60_000, `${startMs} ms`);

  if (hasCache) {
    const [hits, misses] = [value("cache/hit", "hit_ratio"), value("cache/miss", "hit_ratio")];
    assert.ok(hits <= 1 && misses >= 0 && misses < hits, `${hits} and ${misses}`);
    assert.equal(byId.get("cache/off")?.figures.hit_ratio, undefined);
    const compared = benches.find(({ name }) => name === "cache")?.comparisons.map(({ case_id }) => case_id);
    assert.deepEqual([...new Set(compared)], ["cache/hit", "cache/miss"]);
  }

  const scaled = benches.find(({ name }) => name === "scale")?.cases ?? [];
  assert.deepEqual(
    scaled.slice(0, 2).map(({ id }) => id),
    ["scale/workers-1", "scale/workers-2"],
  );
  const [one, two] = scaled;
  assert.equal(one?.figures.scaling_ratio, undefined);
  // Measured, or missing with its reason.
  assert.notEqual(two?.figures.scaling_ratio === undefined, two?.missing.scaling_ratio === undefined);
}

/** Every target finds the case that it is read from; one run proves none. */
function checkTargets(targets: BenchReport["targets"], benches: BenchReport["benches"]): void {
  const scales = benches.some(({ cases }) => cases.some(({ figures }) => figures.scaling_ratio));
  const ids = (rows: BenchReport["targets"]) => rows.map(({ id }) => id);
  assert.deepEqual(ids(targets), [
    ...["http-small", "http-handler", "http-small-upper", "http-fastest", "http-fastest-upper", "http-p99"],
    ...["scaling", "start"],
  ]);
  assert.deepEqual(ids(targets.filter(({ verdict }) => verdict === "not measured")), scales ? [] : ["scaling"]);
  assert.deepEqual(ids(targets.filter(({ verdict }) => verdict === "met" || verdict === "missed")), []);
}

test("bench names the feature that a bench needs and this project lacks, and starts nothing", {
  skip: has("static-files") && hasCache ? "this project has all of these features" : false,
  timeout: 60_000,
}, async () => {
  const name = has("static-files") ? "cache" : "static";
  const { code, stdout, stderr } = await startBench("bench/main.ts", [name]).ended;
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(
    stderr,
    new RegExp(`^${name} cannot run here: (This project does not have the feature|cache\\.zone_bytes)`),
  );
});
