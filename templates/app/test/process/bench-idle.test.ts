/** `bench:idle` as a process, against the real server: few connections, and checked for sense, not for size. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { BenchReport, CaseDocument } from "../../bench/report/document.ts";
import { features } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";

const CONNECTIONS = 50;
const SHORT = ["--runs", "1", "--seconds", "0.3", "--idle-connections", String(CONNECTIONS)];
const HTTP = ["idle/http-0", "idle/http-1000", "idle/http-max"];
const WEBSOCKET = ["idle/ws-1000", "idle/ws-max"];
const MIB = 1024 ** 2;

test("bench idle holds connections open on the real server, which answers meanwhile", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastserve bench "));
  try {
    const file = join(folder, "report.json");
    const { code, stderr } = await startBench("bench/main.ts", ["idle", ...SHORT, "--json", file]).ended;
    assert.equal(code, 0, stderr);
    const report = JSON.parse(readFileSync(file, "utf8")) as BenchReport;
    const [bench] = report.benches;
    assert.deepEqual([bench?.name, bench?.refused], ["idle", null]);
    const hasSockets = features.some(({ name }) => name === "websocket");
    const cases = bench?.cases ?? [];
    assert.deepEqual(
      cases.map(({ id }) => id),
      hasSockets ? [...HTTP, ...WEBSOCKET] : HTTP,
    );
    for (const each of cases) checkCase(each);
    assert.deepEqual(
      report.targets.map(({ id, verdict }) => [id, verdict]),
      [
        ["idle-connections", "not shown"],
        ["idle-memory", "not measured"],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function checkCase({ id, figures, missing, errors, load }: CaseDocument): void {
  assert.deepEqual(errors, {}, id);
  if (id.endsWith("-1000")) {
    assert.deepEqual(figures, {});
    assert.match(missing.server_rss_bytes ?? "", /^bench\.idle_connections is 50, /);
    return;
  }
  const open = id.endsWith("-0") ? 0 : CONNECTIONS;
  assert.equal(figures.connections_count?.median, open, id);
  assert.equal(load?.connections ?? 0, open);
  assert.ok((figures.latency_p50_us?.median ?? 0) > 0, id);
  if (process.platform !== "linux") return;
  assert.ok((figures.server_rss_bytes?.median ?? 0) > 10 * MIB, id);
  assert.ok((figures.server_fds?.median ?? 0) > open, id);
  if (open > 0) assert.ok(Number.isFinite(figures.server_rss_bytes_per_connection?.median), id);
}
