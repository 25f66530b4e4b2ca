import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { setImmediate } from "node:timers";
import { httpDriver } from "../../../bench/load/http-driver.ts";
import { HttpPool } from "../../../bench/load/http-pool.ts";
import { countOf, quantileUs } from "../../../bench/load/latency-histogram.ts";
import { type OpenConnection, OpenLoop } from "../../../bench/load/open-loop.ts";
import { noFailures, Tally } from "../../../bench/load/tally.ts";
import { type Bottleneck, bottleneckOf } from "../../../bench/method/bottleneck.ts";
import { orderFor, place, withLoad } from "../../fixture/http-load.ts";
import { OK, type Script, withScript } from "../../fixture/scripted-server.ts";
import { pause, until } from "../../fixture/until.ts";

/** Answers at once, but nothing from `stallMs` after the first request on for 200 ms; then what has waited, and all else at once. */
function stallOnce(stallMs: number): { readonly script: Script; readonly over: () => boolean } {
  const STALL_MS = 200;
  let begunMs = 0;
  let held: Socket[] | undefined;
  let isOver = false;
  return {
    over: () => isOver,
    script(socket) {
      begunMs ||= performance.now();
      if (!isOver && !held && performance.now() - begunMs >= stallMs) {
        held = [];
        setTimeout(() => {
          isOver = true;
          for (const each of held ?? []) each.write(OK);
        }, STALL_MS);
      }
      if (isOver || !held) socket.write(OK);
      else held.push(socket);
    },
  };
}

test("a stall of 200 ms at 1,000 requests/s is seen by some 200 requests of an open loop", async () => {
  const { script, over } = stallOnce(50);
  await withLoad(script, { connections: 4, model: { kind: "open", ratePerS: 1000 } }, async (tally) => {
    await until("the stall is over", over);
    await pause(100);
    const slow = [10_000, 60_000, 110_000, 160_000].map((us) => slowerThan(tally, us));
    // They fell due evenly over 200 ms, so of all that waited for more than 10 ms three quarters did for more than 60.
    const bounds: readonly (readonly [number, number])[] = [
      [150, 300],
      [110, 240],
      [65, 180],
      [15, 120],
    ];
    for (const [index, [least, most]] of bounds.entries()) {
      const count = slow[index] ?? 0;
      assert.ok(count >= least && count <= most, `${slow.join(", ")} requests above 10, 60, 110, 160 ms`);
    }
    assert.deepEqual({ ...tally.failures }, noFailures());
  });
});

test("the same stall is seen by one request per connection of a closed loop", async () => {
  const { script, over } = stallOnce(50);
  await withLoad(script, { connections: 4 }, async (tally) => {
    await until("the stall is over", over);
    await pause(100);
    assert.equal(slowerThan(tally, 150_000), 4);
  });
});

function slowerThan({ latency }: Tally, us: number): number {
  const count = countOf(latency);
  let low = 0;
  let high = count;
  // The rank of the slowest latency that is not above `us`.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((quantileUs(latency, middle / count) ?? 0) <= us) low = middle;
    else high = middle - 1;
  }
  return count - low;
}

test("httpDriver() in an open loop counts what is due and unanswered when its time ends", async () => {
  const answerTen: Script = (socket, count) => {
    if (count <= 10) socket.write(OK);
  };
  await withScript(answerTen, async (target) => {
    const tally = new Tally();
    const order = orderFor(target, { connections: 2, model: { kind: "open", ratePerS: 1000 } });
    const driver = httpDriver(order, tally, place);
    await driver.start();
    await until("ten are answered", () => tally.done === 10);
    await pause(120);
    driver.settle?.();
    await driver.stop();
    // Ten are answered, two wait on the connections, and all others for one.
    const unsent = countOf(tally.latency) - 12;
    assert.ok(unsent >= 90, `${unsent} unsent`);
    // None of them has waited for longer than an answer may take.
    assert.deepEqual({ ...tally.failures }, noFailures());
    assert.ok(tally.latencyUs(1) >= 115_000, `${tally.latencyUs(1)} us`);
    assert.equal(countOf(tally.lateness), 12);
  });
});

const idlers: readonly (readonly [name: string, ratePerS: number, script: Script])[] = [
  ["answers at once", 500, (socket) => socket.write(OK)],
  ["answers at once, and is asked rarely", 20, (socket) => socket.write(OK)],
  ["does not answer", 1000, () => undefined],
];

for (const [name, ratePerS, script] of idlers) {
  test(`httpDriver() in an open loop is idle most of its time where the server ${name}`, async () => {
    await withScript(script, async (target) => {
      const tally = new Tally();
      const driver = httpDriver(orderFor(target, { connections: 2, model: { kind: "open", ratePerS } }), tally, place);
      await driver.start();
      await pause(50);
      tally.reset();
      const startMs = performance.now();
      await pause(300);
      driver.settle?.();
      const ms = performance.now() - startMs;
      await driver.stop();
      // A sleep that began before counts with what it had.
      assert.ok(tally.idleMs > 0.4 * ms && tally.idleMs <= ms + 60, `${tally.idleMs} of ${ms} ms`);
    });
  });
}

/** Answered at once, as by a server without a limit; the thread takes `workMs` for each, so that it is the limit. */
function tirelessConnections(count: number, loop: OpenLoop, tally: Tally, workMs: number): readonly OpenConnection[] {
  return Array.from({ length: count }, () => {
    const connection: OpenConnection & { isUsable: boolean } = {
      freeSinceMs: 0,
      isUsable: true,
      pending: () => undefined,
      send(sinceMs, nowMs) {
        tally.hasWorked = true;
        connection.isUsable = false;
        while (performance.now() < nowMs + workMs);
        setImmediate(() => {
          const readMs = performance.now();
          tally.hasWorked = true;
          connection.isUsable = true;
          tally.finished((readMs - sinceMs) * 1000);
          loop.free(connection, readMs);
        });
      },
    };
    return connection;
  });
}

const offered: readonly (readonly [name: string, ratePerS: number, limit: Bottleneck])[] = [
  ["far more is offered than the thread can send", 100_000, "generator"],
  ["less is offered than the thread can send", 300, "neither"],
];

for (const [name, ratePerS, limit] of offered) {
  test(`OpenLoop leads to the verdict "${limit}" where ${name}`, async () => {
    const tally = new Tally();
    const loop = new OpenLoop(tally, { ratePerS, phase: 0, spins: true });
    const connections = tirelessConnections(8, loop, tally, 0.2);
    for (const connection of connections) loop.free(connection, performance.now());
    const startMs = performance.now();
    loop.start();
    await pause(300);
    loop.settle(connections);
    loop.stop();
    const generatorIdleShare = tally.idleMs / (performance.now() - startMs);
    const others = { serverCpusBusy: 0.1, generatorCpusBusy: 1, serverCpus: 1, generatorCpus: 1, quotaShared: false };
    // By its own clock nothing leaves late: all that is due has waited for a connection.
    const late = { lateP99Us: 0, latencyP99Us: tally.latencyUs(0.99) };
    assert.ok(tally.done > 0);
    assert.equal(bottleneckOf({ model: "open", ...others, ...late, generatorIdleShare }), limit);
  });
}

test("HttpConnection.expire() keeps those that it gives up among the latencies", async () => {
  await withScript(
    () => undefined,
    async (target) => {
      const tally = new Tally();
      const order = orderFor(target, { connections: 1, model: { kind: "open", ratePerS: 1 } });
      // Due 7 s before it could be sent.
      const pool = new HttpPool(order, tally, 1, (connection, _since, nowMs) => connection.send(nowMs - 7000, nowMs));
      await pool.open();
      await until("it is sent", () => pool.connections[0]?.isUsable === false);
      pool.connections[0]?.expire(performance.now() - 60_000);
      assert.equal(countOf(tally.latency), 0);
      pool.connections[0]?.expire(performance.now() + 1);
      await pool.close();
      assert.deepEqual({ ...tally.failures }, { ...noFailures(), timeout: 1 });
      assert.equal(countOf(tally.latency), 1);
      assert.ok(tally.latencyUs(1) >= 6_900_000, `${tally.latencyUs(1)} us`);
    },
  );
});

test("httpDriver() in an open loop counts an answer that nobody asked for, and goes on", async () => {
  // Its body ends with the connection, so that it is whole only then.
  const unasked = "HTTP/1.1 200 OK\r\n\r\nunasked";
  let connections = 0;
  const onConnection = (socket: Socket) => {
    connections += 1;
    if (connections === 1) setTimeout(() => socket.end(unasked), 20);
  };
  const script: Script = (socket) => socket.write(OK);
  await withScript(
    script,
    async (target) => {
      const tally = new Tally();
      // The first request is due after what nobody asked for has come.
      const order = orderFor(target, { model: { kind: "open", ratePerS: 0.5 } });
      const driver = httpDriver(order, tally, { thread: 1, threads: 2, spins: true });
      await driver.start();
      await until("it goes on", () => tally.done >= 1);
      await driver.stop();
      assert.deepEqual({ ...tally.failures }, { ...noFailures(), malformed: 1 });
    },
    onConnection,
  );
});

test("httpDriver() in an open loop keeps to its rate", async () => {
  await withLoad(
    (socket) => socket.write(OK),
    { connections: 8, model: { kind: "open", ratePerS: 2000 } },
    async (tally) => {
      const startMs = performance.now();
      await until("500 are answered", () => tally.done >= 500);
      const seconds = (performance.now() - startMs) / 1000;
      // 500 requests are due within 0.25 s; a busy machine may answer them later, never sooner.
      assert.ok(tally.done <= 2000 * seconds + 8 + 500 * 0.05, `${tally.done} in ${seconds} s`);
      assert.deepEqual({ ...tally.failures }, noFailures());
    },
  );
});
