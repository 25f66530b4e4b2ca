/** A peer that fails in the rounds costs itself; this project's server that fails ends them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CasePlan, Sample, ServerSpec } from "../../../bench/cases/bench.ts";
import { ownSpec } from "../../../bench/cases/compare.ts";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import type { HttpOrder } from "../../../bench/load/order.ts";
import { type RoundsSession, runRounds } from "../../../bench/method/rounds.ts";
import type { ServerProcess } from "../../../bench/server/server-process.ts";
import { load } from "../reference-config.ts";

const order: HttpOrder = {
  kind: "http",
  target: { host: "127.0.0.1", port: 1 },
  requests: [],
  connections: 8,
  model: { kind: "closed", pipeline: 1 },
  requestsPerConnection: 0,
};

const planOf = (id: string, server: ServerSpec): CasePlan => ({
  id,
  title: id,
  server,
  order: () => order,
  figures: () => ({}),
});

const own: ServerSpec = { program: "bench", settings: { "workers.count": "1" } };

interface Played {
  readonly runs: Readonly<Record<string, number>>;
  readonly lost: readonly string[];
  readonly dones: readonly number[];
  readonly stopped: number;
}

/** Three rounds of this server and a peer with two routes, of which this turn (1-based) fails. */
async function play(failing: string, turn: number, error: Error): Promise<Played> {
  const lost: string[] = [];
  const dones: number[] = [];
  let stopped = 0;
  let title = "";
  let turns = 0;
  const stop = async () => {
    stopped += 1;
  };
  const start = async () => ({ stop }) as ServerProcess;
  const other = { name: "hono/bare", start, onLost: (reason: string) => void lost.push(reason) };
  const peer: ServerSpec = { ...own, other };
  const session: RoundsSession = {
    runs: 3,
    interrupt: new AbortController().signal,
    startServer: start,
    async measure() {
      if (title === failing) turns += 1;
      if (title === failing && turns === turn) throw error;
      return {} as Sample;
    },
    onTurn(given) {
      title = given.title;
      dones.push(given.done);
    },
  };
  const plans = [
    planOf("compare/bare/json/fastserve", own),
    planOf("compare/bare/json/hono", peer),
    planOf("compare/bare/users/hono", peer),
  ];
  const measured = await runRounds(plans, session);
  return { runs: Object.fromEntries(measured.map(({ plan, runs }) => [plan.id, runs.length])), lost, dones, stopped };
}

const died = new BenchError("Hono 4.13.19 ended by itself (SIGKILL).");

test("runRounds() keeps what it measured of a peer that dies, gives it no further turn, and tells", async () => {
  const { runs, lost, dones, stopped } = await play("compare/bare/json/hono", 2, died);
  assert.deepEqual(runs, {
    "compare/bare/json/fastserve": 3,
    "compare/bare/json/hono": 1,
    "compare/bare/users/hono": 2,
  });
  assert.deepEqual(lost, ["Hono 4.13.19 ended by itself (SIGKILL)."]);
  // The third round begins with this server, whose turn is the seventh of nine; the peer takes none.
  assert.deepEqual(dones.at(-1), 8);
  assert.equal(stopped, 5);
});

test("runRounds() fails when this project's server does", async () => {
  await assert.rejects(play("compare/bare/json/fastserve", 2, died), died);
});

test("runRounds() fails on a fault of its own, whoever has the turn", async () => {
  const fault = new TypeError("undefined is not a function");
  await assert.rejects(play("compare/bare/json/hono", 1, fault), fault);
});

test("ownSpec() takes the access log, which no peer writes, from the level equal alone", () => {
  const { config } = load('[log]\nrequests = "all"\n');
  const settings = (features: readonly string[], requests: typeof config.log.requests) =>
    ownSpec("equal", { features, config: { ...config, log: { ...config.log, requests } } });
  assert.deepEqual(settings(["request-log"], "all"), {
    program: "bench",
    settings: { "workers.count": "1", "log.requests": "errors" },
  });
  assert.deepEqual(settings(["request-log"], "none"), own);
  assert.deepEqual(settings(["request-id"], "all"), own);
  assert.deepEqual(ownSpec("bare", { features: ["request-log"], config }), { ...own, features: [] });
});
