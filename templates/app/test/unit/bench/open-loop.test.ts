import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { httpDriver } from "../../../bench/load/http-driver.ts";
import { countOf, quantileUs } from "../../../bench/load/latency-histogram.ts";
import { noFailures, Tally } from "../../../bench/load/tally.ts";
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
