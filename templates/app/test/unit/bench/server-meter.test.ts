import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { meterOf } from "../../../bench/method/server-meter.ts";

const MIB = 1024 ** 2;
const skip = process.platform !== "linux" && "there is no /proc here";

/** CPU seconds of this process so far, as the kernel counts them to the microsecond. */
function spentSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function burn(seconds: number): void {
  const end = spentSeconds() + seconds;
  while (spentSeconds() < end);
}

test("meterOf() counts CPU time between its two moments only", { skip }, () => {
  const meter = meterOf(process.pid);
  burn(0.2);
  meter.start();
  const before = spentSeconds();
  burn(0.3);
  const spent = spentSeconds() - before;
  const { serverCpuSeconds } = meter.read();
  // The meter's clock has ticks of 10 ms, for user and system time each.
  assert.ok(serverCpuSeconds !== null && Math.abs(serverCpuSeconds - spent) < 0.05, `${serverCpuSeconds} for ${spent}`);
});

test("meterOf() tells memory at the end, its peak, and its course from the start", { skip }, async () => {
  const meter = meterOf(process.pid);
  meter.start();
  const held = new Uint8Array(64 * MIB).fill(1);
  // Two turns of its timer.
  await new Promise((resolve) => setTimeout(resolve, 250));
  const { rssBytes, rssPeakBytes, rssSeries } = meter.read();
  assert.equal(held[held.length - 1], 1);
  assert.ok(rssBytes !== null && rssPeakBytes !== null && rssPeakBytes >= rssBytes && rssBytes > 64 * MIB);
  const [[firstSeconds, firstBytes] = [], ...more] = rssSeries;
  assert.deepEqual([firstSeconds, more.length >= 1], [0, true]);
  const [lastSeconds = 0, lastBytes = 0] = rssSeries.at(-1) ?? [];
  assert.ok(lastSeconds > 0.09 && lastBytes >= (firstBytes ?? 0) + 32 * MIB, JSON.stringify(rssSeries));
});

test("meterOf() lets go of its timer when it is closed early", { skip }, () => {
  const meter = meterOf(process.pid);
  meter.start();
  meter.close();
  meter.close();
});
