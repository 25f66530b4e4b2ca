import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReportContext } from "../../../../bench/report/document.ts";
import { parseMetrics } from "../../../../bench/server/read-metrics.ts";
import type { Block } from "../../../../bench/soak/blocks.ts";
import { type Counts, noCounts } from "../../../../bench/soak/counts.ts";
import { FaultLog } from "../../../../bench/soak/fault-log.ts";
import { soakFigureNames } from "../../../../bench/soak/figures.ts";
import { parseSoakOptions } from "../../../../bench/soak/options.ts";
import { type SoakReport, soakReport } from "../../../../bench/soak/soak-report.ts";
import type { Soaked } from "../../../../bench/soak/soak-server.ts";
import { soakText } from "../../../../bench/soak/soak-text.ts";
import { readSample, type ServerCounts, type SoakValues } from "../../../../bench/soak/take-sample.ts";

const MIB = 1024 ** 2;
const noRolls = { rss: 0, heap: 0, asked: 0 };
const sound: ServerCounts = { restarts: 0, rolls: noRolls, handlerErrors: 0, listening: 3, workers: 3 };
const flat = Object.fromEntries(soakFigureNames.map((name) => [name, 0])) as unknown as SoakValues;
const style = { columns: 100, colour: false, unicode: false };

const context: ReportContext = {
  runtime: "Bun 1.4.5",
  adapter: "bun",
  allocator: "mimalloc 3.5.3",
  workers_mode: "threads",
  workers: 3,
  server_cpus: 1,
  settings_digest: "0",
  features: [],
  started_at: "2026-01-01T00:00:00.000Z",
  quick: false,
  pinning: { server_cpus: [0], server_cores: 1, generator_cpus: [1], reason: null },
  host: {
    os: "linux",
    arch: "x64",
    kernel: null,
    libc: "glibc",
    cpu_model: null,
    cpus: 2,
    cpus_host: 2,
    memory_bytes: null,
    governor: null,
    transparent_huge_pages: null,
    load_average: 0,
  },
  noise: null,
  notes: [],
};

/** Two blocks a segment of ten seconds, memory by the segment's number. */
function blocksOf(count: number, values: (index: number) => Partial<SoakValues>): readonly Block[] {
  return Array.from({ length: count }, (_, index) =>
    (["load", "rest"] as const).map(
      (moment): Block => ({
        phase: "steady",
        moment,
        seconds: index * 10 + (moment === "rest" ? 8 : 0),
        values: { ...flat, memory: 100 * MIB, ...values(index) },
      }),
    ),
  ).flat();
}

interface Told {
  readonly blocks?: readonly Block[];
  readonly counts?: Partial<Counts>;
  readonly server?: Partial<ServerCounts>;
  readonly death?: string;
  readonly interrupted?: boolean;
  readonly findings?: readonly string[];
}

function reportOf(told: Told) {
  const { blocks = blocksOf(30, () => ({})), counts = {}, server = {}, death, interrupted = false } = told;
  const options = parseSoakOptions(["--roll-seconds", "0", "--clients", "4"], 5);
  assert.ok(options !== "help");
  const soaked: Soaked = {
    seconds: 300,
    counts: { ...noCounts(), requests: 1000, ...counts },
    faults: [],
    server: { ...sound, ...server },
    blocks,
    rows: [],
    startMs: 0,
    death,
    notRolled: undefined,
    findings: told.findings ?? [],
  };
  const ground = { paths: ["/json"], pipelinePaths: [], bodyPaths: [], socketPaths: [], bodyBytesMax: 10 };
  return soakReport({ context, options, ground, leftOut: [], settingNotes: [], soaked, interrupted });
}

const verdictOf = ({ verdict, findings }: SoakReport) => [verdict, ...findings];

test("soakReport() passes a server that does not grow, and says so", () => {
  const report = reportOf({});
  assert.deepEqual(verdictOf(report), ["passed"]);
  assert.match(
    soakText(report, style),
    /\nPASSED: no growth beyond noise in the 3\.[23] min that were judged of 5\.0 min\.\n$/,
  );
  assert.doesNotThrow(() => JSON.stringify(report));
});

test("soakReport() fails growth, naming the figure, its slope with the interval, and the unit per hour", () => {
  const report = reportOf({ blocks: blocksOf(30, (index) => ({ memory: (100 + index) * MIB })) });
  assert.equal(report.verdict, "failed");
  // One MiB in ten seconds.
  assert.match(
    report.findings[1] ?? "",
    /^memory grew at rest while the workers stayed: \+360 MiB\/h \(\+360 to \+360\), /,
  );
  const text = soakText(report, style);
  assert.match(text, /\n {2}memory +rest +\d+ MiB +\+360 MiB\/h \(\+360 to \+360\) .* growing\n/);
  assert.match(text, /\nFAILED\n$/);
});

test("soakReport() fails descriptors that leak and requests that never end", () => {
  const leaking = reportOf({ blocks: blocksOf(30, (index) => ({ fds: 20 + Math.floor(index / 2) })) });
  assert.match(leaking.findings.join(), /^open files grew at rest .*: \+180\/h /);
  const left = reportOf({ blocks: blocksOf(30, () => ({ in_flight: 2 })) });
  assert.deepEqual(verdictOf(left), ["failed", "requests in flight: never less than 2 while no client was there."]);
});

test("soakReport() fails what a sound server never shows", () => {
  const rows: readonly (readonly [Told, string])[] = [
    [{ counts: { lost: 2 } }, "2 requests that lost their connection."],
    [{ counts: { server_errors: 1 } }, "1 answers with a status of 500 and above."],
    [{ server: { restarts: 1 } }, "1 workers died and were started again."],
    [{ server: { handlerErrors: 3 } }, "3 handlers threw."],
    [{ death: "The server ended by itself (SIGKILL)." }, "The server ended by itself (SIGKILL)."],
    [{ findings: ["Replacing the workers failed once."] }, "Replacing the workers failed once."],
    [
      { server: { rolls: { rss: 2, heap: 0, asked: 9 } } },
      'The watchdog replaced 2 workers because of the process\'s memory (reason "rss").',
    ],
    [
      { server: { rolls: { rss: 0, heap: 1, asked: 9 } } },
      'The watchdog replaced 1 worker because of a worker\'s heap (reason "heap").',
    ],
  ];
  for (const [told, finding] of rows) assert.deepEqual(verdictOf(reportOf(told)), ["failed", finding]);
});

test("soakReport() passes workers that were replaced because that was asked for, and looks that failed", () => {
  const told = { server: { rolls: { rss: 0, heap: 0, asked: 9 } }, counts: { rolls: 9, unseen: 4 } };
  assert.deepEqual(verdictOf(reportOf(told)), ["passed"]);
});

test("soakReport() finds requests that never end beside a rest of which nothing is known", () => {
  const blocks = blocksOf(30, (index) => ({ in_flight: index === 25 ? Number.NaN : 2 }));
  const finding = "requests in flight: never less than 2 while no client was there.";
  assert.deepEqual(verdictOf(reportOf({ blocks })), ["failed", finding]);
  assert.deepEqual(verdictOf(reportOf({ blocks: blocksOf(30, () => ({ in_flight: Number.NaN })) })), ["passed"]);
});

test("soakText() does not call growth that slows down no growth", () => {
  const filling = (index: number) => 100 + 50 * (1 - Math.exp(-index / 8));
  const report = reportOf({ blocks: blocksOf(30, (index) => ({ memory: filling(index) * MIB })) });
  assert.deepEqual(verdictOf(report), ["passed"]);
  assert.match(
    soakText(report, style),
    /\nPASSED: no growth that goes on; 2 figures were still settling: soak longer\.\n$/,
  );
  const rests = reportOf({
    interrupted: true,
    blocks: blocksOf(30, (index) => ({ memory: filling(index) * MIB })).map((block) =>
      block.moment === "rest" ? { ...block, values: { ...block.values, memory: 100 * MIB } } : block,
    ),
  });
  assert.match(
    soakText(rests, style),
    /\nEnded early; no growth that goes on; 1 figure was still settling: soak longer/,
  );
});

test("soakReport() allows one lost connection for each client and replaced worker, and what limits refuse", () => {
  assert.deepEqual(verdictOf(reportOf({ counts: { rolls: 3, lost_to_rolls: 12, shed: 5 } })), ["passed"]);
  assert.equal(reportOf({ counts: { rolls: 3, lost_to_rolls: 13 } }).verdict, "failed");
});

test("soakReport() says when nothing could be judged, which is no pass", () => {
  const report = reportOf({ blocks: blocksOf(4, () => ({})), interrupted: true });
  assert.deepEqual(verdictOf(report), ["too short to judge"]);
  assert.match(soakText(report, style), /^Soak of Bun 1\.4\.5, adapter bun, ended early\n/);
  assert.match(soakText(report, style), /\nTOO SHORT TO JUDGE: /);
  const failed = reportOf({ blocks: [], counts: { lost: 1 } });
  assert.equal(failed.verdict, "failed");
});

test("soakReport() keeps what is not known out of the document", () => {
  const report = reportOf({ blocks: blocksOf(30, () => ({ fds: Number.NaN })) });
  assert.equal("fds" in (report.blocks[0]?.values ?? {}), false);
  const row = report.growth.find(({ figure }) => figure === "fds");
  assert.deepEqual([row?.verdict, row?.slope_per_hour], ["not known", null]);
  assert.match(soakText(report, style), /not known here: open files \(rest\)/);
});

test("FaultLog keeps the first faults, with their moment, and not the thousandth", () => {
  const log = new FaultLog();
  for (let count = 0; count < 1000; count += 1) log.add("GET /json answered 404", count === 1);
  assert.equal(log.faults.length, 12);
  assert.match(log.faults[0] ?? "", /^\d+\.\d s: GET \/json answered 404\.$/);
  assert.match(log.faults[1] ?? "", / 404, while workers were replaced\.$/);
});

const page = [
  "# HELP fastserve_heap_used_bytes JavaScript heap.",
  'fastserve_heap_used_bytes{worker="0"} 5000',
  'fastserve_heap_used_bytes{worker="main"} 3000',
  'fastserve_event_loop_lag_seconds{worker="0"} 0.002',
  'fastserve_event_loop_lag_seconds{worker="1"} 0.0125',
  "fastserve_requests_in_flight 4",
  "fastserve_worker_restarts_total 1",
  'fastserve_worker_rolls_total{reason="rss"} 2',
  'fastserve_worker_rolls_total{reason="asked"} 3',
  "",
].join("\n");

test("readSample() sums workers, takes the worst lag, and says what the page does not tell", () => {
  const seen = { memory: 9, fds: 8, threads: 7 };
  const { values, server } = readSample(12, seen, parseMetrics(page));
  assert.deepEqual([values.memory, values.fds, values.threads], [9, 8, 7]);
  assert.deepEqual([values.heap, values.lag, values.in_flight], [8000, 12.5, 4]);
  assert.ok(Number.isNaN(values.sockets));
  assert.equal(server?.restarts, 1);
  assert.deepEqual(server?.rolls, { rss: 2, heap: 0, asked: 3 });
});

test("readSample() keeps what /proc tells when the server tells nothing", () => {
  const { values, server } = readSample(12, { memory: 9, fds: 8, threads: 7 }, undefined);
  assert.deepEqual([values.memory, values.fds, values.threads], [9, 8, 7]);
  assert.ok(Number.isNaN(values.heap) && Number.isNaN(values.lag) && Number.isNaN(values.in_flight));
  assert.equal(server, undefined);
});
