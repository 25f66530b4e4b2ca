import assert from "node:assert/strict";
import { test } from "node:test";
import type { CasePlan, Sample, ServerSpec } from "../../../bench/cases/bench.ts";
import { newHistogram, recordUs } from "../../../bench/load/latency-histogram.ts";
import type { HttpOrder, LoadOrder } from "../../../bench/load/order.ts";
import { caseDocument } from "../../../bench/method/case-document.ts";
import { type MeasuredCase, runRounds, specKey, type Turn } from "../../../bench/method/rounds.ts";
import { standardFigures } from "../../../bench/report/figures.ts";
import type { ServerProcess } from "../../../bench/server/server-process.ts";

const order: HttpOrder = {
  kind: "http",
  target: { host: "127.0.0.1", port: 1 },
  requests: [],
  connections: 8,
  model: { kind: "closed", pipeline: 2 },
  requestsPerConnection: 0,
};

const project: ServerSpec = { program: "project", settings: {} };
const bench: ServerSpec = { program: "bench", settings: { "workers.count": "1" } };

function planOf(id: string, server: ServerSpec, own: LoadOrder = order): CasePlan {
  return {
    id,
    title: `case ${id}`,
    server,
    order: () => own,
    figures: (sample) => standardFigures(sample, "request"),
  };
}

function sampleOf(done: number, more: Partial<Sample["counts"]> = {}): Sample {
  const latency = newHistogram();
  recordUs(latency, done);
  return {
    counts: {
      done,
      failures: {},
      seconds: 1,
      latency,
      lateness: newHistogram(),
      bytesIn: 0,
      bytesOut: 0,
      generatorCpuSeconds: 0.5,
      generatorThreads: 1,
      ...more,
    },
    serverCpuSeconds: 0.95,
    rssBytes: 1000,
    rssPeakBytes: 2000,
    rssSeries: [
      [0, 900],
      [0.1, 1000],
    ],
  };
}

/** What happened, in order: servers that start (+) and stop (-), and cases that are measured on them. */
async function play(
  cases: readonly CasePlan[],
  runs: number,
  measure: (turn: number, abort: () => void) => Sample | undefined = (turn) => sampleOf(turn),
): Promise<{
  readonly log: readonly string[];
  readonly turns: readonly Turn[];
  readonly measured: readonly MeasuredCase[];
}> {
  const log: string[] = [];
  const turns: Turn[] = [];
  const interrupt = new AbortController();
  const measured = await runRounds(cases, {
    runs,
    interrupt: interrupt.signal,
    async startServer(spec) {
      log.push(`+${spec.program}`);
      const stop = async () => void log.push(`-${spec.program}`);
      return { stop } as ServerProcess;
    },
    async measure() {
      return measure(turns.length, () => interrupt.abort());
    },
    onTurn(turn) {
      turns.push(turn);
      log.push(turn.title.replace("case ", ""));
    },
  });
  return { log, turns, measured };
}

const three = [planOf("a", project), planOf("b", bench), planOf("c", project)];

test("runRounds() starts each kind of server fresh in each round, one at a time, in an order that turns", async () => {
  const { log } = await play(three, 3);
  assert.deepEqual(log, [
    ...["+project", "a", "c", "-project", "+bench", "b", "-bench"],
    ...["+bench", "b", "-bench", "+project", "c", "a", "-project"],
    ...["+bench", "b", "-bench", "+project", "c", "a", "-project"],
  ]);
});

test("runRounds() gives every case one sample a round, in the order of rounds", async () => {
  const { measured, turns } = await play(three, 2);
  assert.deepEqual(
    measured.map(({ plan, runs }) => [plan.id, ...runs.map(({ sample }) => sample.counts.done)]),
    [
      ["a", 1, 6],
      ["b", 3, 4],
      ["c", 2, 5],
    ],
  );
  assert.deepEqual(turns[4], { title: "case c", round: 2, rounds: 2, done: 4, total: 6 });
});

test("runRounds() drops a sample that was cut short when there is a whole one, and stops the server", async () => {
  const { log, measured } = await play(three, 2, (turn, abort) => {
    if (turn === 5) abort();
    return sampleOf(turn);
  });
  assert.deepEqual(log.slice(-3), ["+project", "c", "-project"]);
  assert.deepEqual(
    measured.map(({ plan, runs }) => [plan.id, runs.length]),
    [
      ["a", 1],
      ["b", 2],
      ["c", 1],
    ],
  );
});

test("runRounds() keeps a sample that was cut short when it is all there is", async () => {
  const { measured } = await play(three, 2, (turn, abort) => {
    abort();
    return sampleOf(turn);
  });
  assert.deepEqual(
    measured.map(({ runs }) => runs.length),
    [1, 0, 0],
  );
});

test("runRounds() stops the server of a case that fails, and fails", async () => {
  const log: string[] = [];
  const failing = runRounds([planOf("a", project)], {
    runs: 3,
    interrupt: new AbortController().signal,
    startServer: async () => ({ stop: async () => void log.push("stopped") }) as ServerProcess,
    measure: async () => {
      throw new Error("the server ended by itself");
    },
    onTurn: () => undefined,
  });
  await assert.rejects(failing, /the server ended by itself/);
  assert.deepEqual(log, ["stopped"]);
});

test("specKey() is the same for specs that ask for the same server", () => {
  const one: ServerSpec = {
    program: "bench",
    settings: { "workers.count": "1", "log.level": "off" },
    features: ["a", "b"],
  };
  const same: ServerSpec = {
    program: "bench",
    settings: { "log.level": "off", "workers.count": "1" },
    features: ["b", "a"],
  };
  assert.equal(specKey(one), specKey(same));
  const others: readonly ServerSpec[] = [
    { ...one, program: "project" },
    { ...one, settings: {} },
    { program: "bench", settings: one.settings },
    { ...one, other: { name: "hono/bare", start: () => Promise.reject(new Error("never")), onLost: () => undefined } },
  ];
  for (const other of others) assert.notEqual(specKey(one), specKey(other));
});

const surroundings = {
  generator: "built-in",
  times: { warmupSeconds: 2, seconds: 3 },
  serverCpus: 1,
  generatorCpus: 1,
  quotaShared: false,
} as const;

const measuredAs = (plan: CasePlan, samples: readonly Sample[], own: LoadOrder = order): MeasuredCase => ({
  plan,
  runs: samples.map((sample) => ({ order: own, sample })),
});

test("caseDocument() estimates each figure over the runs, and adds errors and latencies up", () => {
  const samples = [
    sampleOf(100, { failures: { status: 2, closed: 0 } }),
    sampleOf(300),
    sampleOf(200, { failures: { status: 1, timeout: 4 } }),
  ];
  const document = caseDocument(measuredAs(planOf("http/x", project), samples), surroundings);
  assert.deepEqual(document.figures.requests_per_second, { median: 200, low: 100, high: 300, runs: [100, 300, 200] });
  assert.deepEqual(document.errors, { status: 3, timeout: 4 });
  assert.equal(document.limited_by, "server");
  assert.deepEqual(document.load, {
    model: "closed",
    generator: "built-in",
    connections: 8,
    pipeline: 2,
    rate_per_s: null,
    seconds: 3,
    warmup_seconds: 2,
  });
  assert.deepEqual(
    document.latency.map(({ share, us }) => [share, Math.round(us)]),
    [
      [0, 100],
      [0.25, 100],
      [0.5, 200],
      [1, 300],
    ],
  );
  const [series] = document.series;
  assert.deepEqual(series, {
    figure: "server_rss_bytes",
    points: [
      [0, 900],
      [0.1, 1000],
    ],
  });
});

test("caseDocument() of an open loop tells what was offered, and blames a late generator", () => {
  const lateness = newHistogram();
  recordUs(lateness, 90);
  const open: HttpOrder = { ...order, model: { kind: "open", ratePerS: 500 } };
  const late = { ...sampleOf(100, { lateness }), serverCpuSeconds: 0.1 };
  const document = caseDocument(measuredAs(planOf("http/open", project), [late], open), surroundings);
  assert.equal(document.figures.offered_per_second?.median, 500);
  assert.deepEqual([document.load?.model, document.load?.rate_per_s, document.load?.pipeline], ["open", 500, 1]);
  assert.equal(document.limited_by, "generator");
});

test("caseDocument() does not say that neither was at its limit where a quota that both share may have been it", () => {
  const idle = { ...sampleOf(100, { generatorCpuSeconds: 0.1 }), serverCpuSeconds: 0.1 };
  const limit = (quotaShared: boolean) =>
    caseDocument(measuredAs(planOf("http/x", project), [idle]), { ...surroundings, quotaShared }).limited_by;
  assert.deepEqual([limit(false), limit(true)], ["neither", "unknown"]);
});

test("caseDocument() has no middle for a figure that a run lacks, and says so", () => {
  const plan: CasePlan = {
    ...planOf("x", project),
    figures: ({ counts }) => (counts.done === 2 ? { start_ms: 5 } : { start_ms: 6, server_fds: 7 }),
  };
  const { figures, missing } = caseDocument(measuredAs(plan, [sampleOf(1), sampleOf(2)]), surroundings);
  assert.deepEqual([figures.start_ms?.runs, figures.server_fds], [[6, 5], undefined]);
  assert.equal(missing.server_fds, "1 of 2 runs have none");
});

test("caseDocument() takes quantiles that a tool told as they are, from the last run", () => {
  const quantiles = [{ share: 0.5, us: 10 }];
  const told = (us: number) => sampleOf(1, { latency: new Float64Array(0), quantiles: [{ share: 0.5, us }] });
  const { latency } = caseDocument(measuredAs(planOf("x", project), [told(20), told(10)]), surroundings);
  assert.deepEqual(latency, quantiles);
});

test("caseDocument() without a run has no load, no limit and no figures", () => {
  const document = caseDocument(measuredAs(planOf("x", project), []), surroundings);
  assert.deepEqual(
    [document.load, document.limited_by, document.figures, document.latency, document.series],
    [null, null, {}, [], []],
  );
});
