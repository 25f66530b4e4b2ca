/** `bench:ws` as a process, against the real server: short, and checked for sense, not for speed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { BenchReport, CaseDocument } from "../../bench/report/document.ts";
import type { FigureName } from "../../bench/report/figure-table.ts";
import { features } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";

const skip = features.some(({ name }) => name === "websocket")
  ? false
  : "this project does not have the feature websocket";
const CLIENTS = 8;
const SHORT = ["--runs", "1", "--seconds", "0.2", "--warmup-seconds", "0.1", "--socket-clients", String(CLIENTS)];

const rates: readonly (readonly [id: string, rate: FigureName, cpu: FigureName])[] = [
  ["ws/echo-64", "messages_per_second", "server_cpu_us_per_message"],
  ["ws/echo-1k-binary", "messages_per_second", "server_cpu_us_per_message"],
  ["ws/json", "messages_per_second", "server_cpu_us_per_message"],
  ["ws/broadcast", "deliveries_per_second", "server_cpu_us_per_delivery"],
  // Elsewhere the ports run out.
  ...(process.platform === "linux"
    ? [["ws/connect", "connections_per_second", "server_cpu_us_per_connection"] as const]
    : []),
];

test("bench ws measures messages, deliveries and connections of the real server", {
  timeout: 60_000,
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve bench "));
  try {
    const file = join(folder, "report.json");
    const { code, stderr } = await startBench("bench/main.ts", ["ws", ...SHORT, "--json", file]).ended;
    assert.equal(code, 0, stderr);
    const report = JSON.parse(readFileSync(file, "utf8")) as BenchReport;
    const [bench] = report.benches;
    assert.deepEqual([bench?.name, bench?.refused], ["ws", null]);
    assert.deepEqual(
      bench?.cases.map(({ id }) => id),
      rates.map(([id]) => id),
    );
    for (const [index, [id, rate, cpu]] of rates.entries()) checkCase(bench?.cases[index], { id, rate, cpu });
    assert.deepEqual(
      report.targets.map(({ id, verdict }) => [id, verdict]),
      ["ws-echo", "ws-json", "ws-broadcast", "ws-connect"].map((id) => [id, "not shown"]),
    );
    const { deliveries_per_second: deliveries, messages_per_second: sent } = bench?.cases[3]?.figures ?? {};
    assert.ok(Math.abs((deliveries?.median ?? 0) / (sent?.median ?? 1) - CLIENTS) < 1e-6);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

interface Names {
  readonly id: string;
  readonly rate: FigureName;
  readonly cpu: FigureName;
}

function checkCase(found: CaseDocument | undefined, { id, rate, cpu }: Names): void {
  const value = (name: FigureName): number => found?.figures[name]?.median ?? Number.NaN;
  assert.deepEqual(found?.errors, {}, id);
  assert.equal(found?.load?.connections, CLIENTS);
  assert.ok(value(rate) > 10, `${id}: ${value(rate)} a second`);
  assert.ok(value("latency_p50_us") > 0 && value("latency_p50_us") <= value("latency_p99_us"), id);
  if (process.platform !== "linux") return;
  // A tick of the kernel's clock is 10 ms, so few slow answers in a short time may seem to cost nothing.
  assert.ok(value(cpu) >= 0 && value(cpu) < 50_000, `${id}: ${value(cpu)} us`);
  assert.ok(value("server_rss_bytes") > 10 * 1024 ** 2, id);
}
