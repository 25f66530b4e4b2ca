import assert from "node:assert/strict";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { countOf } from "../../../bench/load/latency-histogram.ts";
import type { HttpOrder } from "../../../bench/load/order.ts";
import { runLoad, sumOf } from "../../../bench/load/run-load.ts";
import { noFailures } from "../../../bench/load/tally.ts";
import { OK, type ScriptedTarget, withScript } from "../../fixture/scripted-server.ts";
import { pause } from "../../fixture/until.ts";

function orderFor(target: ScriptedTarget, model: HttpOrder["model"]): HttpOrder {
  const expected = { status: 200, bodyBytes: 2 };
  const requests = [{ method: "GET", path: "/", headers: {}, bodyBytes: 0, body: null, expected }];
  return { kind: "http", target, requests, connections: 6, model, requestsPerConnection: 0 };
}

const closed = { kind: "closed", pipeline: 1 } as const;
const never = new AbortController().signal;

for (const threads of [0, 1, 2]) {
  test(`runLoad() counts within the measured time, in ${threads} threads`, async () => {
    let answers = 0;
    let before = 0;
    let within = 0;
    await withScript(
      (socket) => {
        answers += 1;
        socket.write(OK);
      },
      async (target) => {
        const onWindow = () => {
          before = answers;
          return () => {
            within = answers - before;
          };
        };
        const times = { warmupSeconds: 0.1, seconds: 0.3 };
        const counts = await runLoad(orderFor(target, closed), times, {
          threads,
          spins: true,
          interrupt: never,
          onWindow,
        });
        assert.ok(counts);
        assert.ok(before > 0 && counts.done > 0);
        // The same time, to what a busy machine delays one of them by.
        assert.ok(counts.done >= within / 2 && counts.done <= within * 2, `${counts.done} of ${within}`);
        assert.equal(countOf(counts.latency), counts.done);
        assert.equal(counts.bytesIn, counts.done * 2);
        // A thread that is late begins late, and ends with the others.
        assert.ok(counts.seconds > 0.1 && counts.seconds < 0.6, `${counts.seconds} s`);
        assert.deepEqual(counts.failures, noFailures());
        assert.equal(counts.generatorThreads, Math.max(1, threads));
        assert.ok((counts.generatorCpuSeconds ?? 0) > 0);
        assert.equal(counts.lateness.length, 0);
        assert.equal(counts.generatorIdleSeconds, undefined);
      },
    );
  });
}

test("runLoad() in an open loop makes the rate of the order with all threads together", async () => {
  await withScript(
    (socket) => socket.write(OK),
    async (target) => {
      const order = orderFor(target, { kind: "open", ratePerS: 1000 });
      const options = { threads: 2, spins: true, interrupt: never, onWindow: () => () => undefined };
      const counts = await runLoad(order, { warmupSeconds: 0.1, seconds: 0.5 }, options);
      assert.ok(counts);
      const rate = counts.done / counts.seconds;
      assert.ok(rate > 700 && rate < 1300, `${rate} requests/s`);
      assert.ok(countOf(counts.lateness) > 0);
      const idle = counts.generatorIdleSeconds ?? Number.NaN;
      assert.ok(idle > 0 && idle <= 2 * counts.seconds * 1.1, `${idle} s of two threads`);
    },
  );
});

test("runLoad() does not tell the idle time of threads that do not spin", async () => {
  await withScript(
    (socket) => socket.write(OK),
    async (target) => {
      const order = orderFor(target, { kind: "open", ratePerS: 1000 });
      const options = { threads: 1, spins: false, interrupt: never, onWindow: () => () => undefined };
      const counts = await runLoad(order, { warmupSeconds: 0, seconds: 0.2 }, options);
      assert.ok(counts && counts.done > 0);
      assert.equal(counts.generatorIdleSeconds, undefined);
    },
  );
});

test("runLoad() ends at once when interrupted, with what was counted", async () => {
  await withScript(
    (socket) => socket.write(OK),
    async (target) => {
      const interrupt = new AbortController();
      let hasClosed = false;
      const onWindow = () => {
        void pause(100).then(() => interrupt.abort());
        return () => {
          hasClosed = true;
        };
      };
      const startMs = performance.now();
      const options = { threads: 1, spins: true, interrupt: interrupt.signal, onWindow };
      const counts = await runLoad(orderFor(target, closed), { warmupSeconds: 0, seconds: 60 }, options);
      assert.ok(performance.now() - startMs < 30_000);
      assert.ok(counts && counts.done > 0 && counts.seconds < 30);
      assert.ok(hasClosed);
    },
  );
});

test("runLoad() has nothing when it is interrupted before its measured time", async () => {
  await withScript(
    (socket) => socket.write(OK),
    async (target) => {
      const interrupt = new AbortController();
      setTimeout(() => interrupt.abort(), 50);
      const onWindow = () => assert.fail("the measured time has not begun");
      const options = { threads: 1, spins: true, interrupt: interrupt.signal, onWindow };
      const times = { warmupSeconds: 60, seconds: 60 };
      assert.equal(await runLoad(orderFor(target, closed), times, options), undefined);
    },
  );
});

test("sumOf() adds counts up and takes the mean of the seconds", () => {
  const latency = () => Float64Array.of(1, 2);
  const lateness = () => new Float64Array(0);
  const share = { done: 2, failures: { closed: 1 }, seconds: 3, bytesIn: 4, bytesOut: 5 };
  const one = { ...share, latency: latency(), lateness: lateness() };
  const other = { ...share, failures: { status: 7 }, seconds: 5, latency: latency(), lateness: lateness() };
  assert.deepEqual(sumOf([one, other]), {
    done: 4,
    failures: { closed: 1, status: 7 },
    seconds: 4,
    bytesIn: 8,
    bytesOut: 10,
    latency: Float64Array.of(2, 4),
    lateness: new Float64Array(0),
  });
});

test("sumOf() adds idle times up, and tells none where a share does not", () => {
  const empty = { latency: new Float64Array(0), lateness: new Float64Array(0) };
  const share = { done: 0, failures: {}, seconds: 1, bytesIn: 0, bytesOut: 0, ...empty };
  const idle = { ...share, generatorIdleSeconds: 0.25 };
  assert.equal(sumOf([idle, { ...idle, generatorIdleSeconds: 0.5 }]).generatorIdleSeconds, 0.75);
  assert.ok(!("generatorIdleSeconds" in sumOf([idle, share])));
});

test("runLoad() rejects when a thread fails", async () => {
  await withScript(
    (socket) => socket.write(OK),
    async (target) => {
      const order = { ...orderFor(target, closed), requests: [] };
      const options = { threads: 1, spins: true, interrupt: never, onWindow: () => () => undefined };
      await assert.rejects(
        runLoad(order, { warmupSeconds: 0, seconds: 60 }, options),
        (error: unknown) => error instanceof BenchError && /an order needs a request/.test(error.message),
      );
    },
  );
});
