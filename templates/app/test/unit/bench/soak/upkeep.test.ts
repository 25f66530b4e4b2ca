/** Replacing workers, against an admin listener of a few lines. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import process from "node:process";
import { test } from "node:test";
import { noCounts } from "../../../../bench/soak/counts.ts";
import type { ServerCounts } from "../../../../bench/soak/take-sample.ts";
import { rollMsEach, Upkeep, type UpkeepPlan } from "../../../../bench/soak/upkeep.ts";
import { pause, until } from "../../../fixture/until.ts";

const never = new AbortController().signal;
const quick: UpkeepPlan = { rollMsEach: 60, hasThreads: true };

function seen(asked: number, listening = 3, rss = 0): ServerCounts {
  return { restarts: 0, rolls: { rss, heap: 0, asked }, handlerErrors: 0, listening, workers: 3 };
}

/** Uses an upkeep whose POSTs are answered with these statuses in turn, the last one again and again. */
async function withUpkeep(
  statuses: readonly number[],
  plan: UpkeepPlan,
  use: (upkeep: Upkeep, asked: () => number) => Promise<void>,
): Promise<void> {
  let asked = 0;
  const server = createServer((_, response) => {
    response.statusCode = statuses[Math.min(asked, statuses.length - 1)] ?? 0;
    asked += 1;
    response.end('{"code":"NOT_ROLLED","detail":"workers.mode = \\"inline\\" has no worker."}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const adminPort = typeof address === "object" && address ? address.port : 0;
  try {
    await use(new Upkeep({ pid: process.pid, host: "127.0.0.1", adminPort }, noCounts(), plan), () => asked);
  } finally {
    server.close();
  }
}

test("rollMsEach() holds a start, the whole drain and a beat", () => {
  assert.equal(rollMsEach(6000), 10_000 + 6000 + 1500 + 500);
});

test("Upkeep has found nothing when all workers were replaced and listen", () =>
  withUpkeep([202], quick, async (upkeep) => {
    upkeep.saw(seen(4));
    assert.equal(await upkeep.roll(never), undefined);
    assert.deepEqual([upkeep.isUnderWay, upkeep.isRolling], [true, true]);
    upkeep.saw(seen(6));
    upkeep.saw(seen(7, 2));
    assert.equal(upkeep.isUnderWay, true);
    upkeep.saw(seen(7));
    upkeep.endWait();
    assert.deepEqual([upkeep.isUnderWay, upkeep.finding], [false, undefined]);
    // Connections that the last one was handed go on for a moment.
    assert.equal(upkeep.isRolling, true);
  }));

test("Upkeep finds a replacement that does not complete, once, and lays losses to it until it does", () =>
  withUpkeep([202, 409], quick, async (upkeep, asked) => {
    upkeep.saw(seen(0));
    await upkeep.roll(never);
    // Workers that the watchdog replaces are none of those that were asked for.
    upkeep.saw(seen(1, 3, 5));
    await until("its time is over", () => !upkeep.isUnderWay);
    upkeep.endWait();
    const finding =
      "Replacing the workers failed once: 1 of 3 workers were replaced in 0.2 s, and 3 of 3 listen. " +
      "Start the server and POST /-/roll to it: its log says why.";
    assert.equal(upkeep.finding, finding);
    // It goes on: the server says so, and nobody waits for it again.
    assert.equal(await upkeep.roll(never), undefined);
    assert.equal(asked(), 2);
    upkeep.endWait();
    assert.deepEqual([upkeep.isUnderWay, upkeep.isRolling, upkeep.finding], [false, true, finding]);
    upkeep.saw(seen(3));
    await pause(1100);
    assert.equal(upkeep.isRolling, false);
  }));

test("Upkeep gives a replacement more time the more workers there are", () =>
  withUpkeep([202], { rollMsEach: 1000, hasThreads: true }, async (upkeep) => {
    upkeep.saw({ ...seen(0), workers: 1 });
    await upkeep.roll(never);
    upkeep.saw({ ...seen(1), workers: 1 });
    assert.equal(upkeep.isUnderWay, false);
    upkeep.saw(seen(1));
    await upkeep.roll(never);
    await pause(1200);
    assert.equal(upkeep.isUnderWay, true);
  }));

test("Upkeep waits while the workers are being replaced already, and asks again", () =>
  withUpkeep([409, 409, 202], { rollMsEach: 5000, hasThreads: true }, async (upkeep, asked) => {
    upkeep.saw(seen(0));
    assert.equal(await upkeep.roll(never), undefined);
    assert.deepEqual([asked(), upkeep.isUnderWay, upkeep.finding], [3, true, undefined]);
  }));

test("Upkeep finds a server that is busy for ever, and one whose admin listener refuses or is gone", async () => {
  await withUpkeep([409], quick, async (upkeep) => {
    upkeep.saw(seen(0));
    await upkeep.roll(never);
    upkeep.endWait();
    assert.match(upkeep.finding ?? "", /^Replacing the workers failed once: 0 of 3 workers were replaced/);
  });
  let left: Upkeep | undefined;
  await withUpkeep([500], quick, async (upkeep) => {
    left = upkeep;
    upkeep.saw(seen(0));
    await upkeep.roll(never);
    assert.equal(upkeep.isRolling, false);
    assert.match(upkeep.finding ?? "", /^Replacing the workers failed once: workers\.mode/);
  });
  await left?.roll(never);
  assert.match(left?.finding ?? "", /^Replacing the workers failed 2 times: /);
});

test("Upkeep says why a server without worker threads replaces none, which is no failure", () =>
  withUpkeep([409], { ...quick, hasThreads: false }, async (upkeep) => {
    upkeep.saw(seen(0));
    assert.equal(await upkeep.roll(never), 'workers.mode = "inline" has no worker');
    assert.deepEqual([upkeep.isRolling, upkeep.finding], [false, undefined]);
  }));
