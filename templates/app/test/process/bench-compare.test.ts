/**
 * bench:compare as a process, with short times: every peer that there is on this machine answers as this server does, is
 * loaded without an error and gives plausible figures. Nothing is installed: a peer whose packages are missing is skipped.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { folderWith } from "../../bench/peers/peer-packages.ts";
import { type PeerName, type PeerRow, peerTable } from "../../bench/peers/peer-table.ts";
import type { BenchDocument, BenchReport } from "../../bench/report/document.ts";
import { findProgram } from "../../bench/server/find-program.ts";
import { runtime } from "../../src/wiring.ts";
import { startBench } from "../fixture/bench-process.ts";
import { projectDirectory } from "../fixture/server-process.ts";

const TIMEOUT_MS = 120_000;
const SHORT = ["--runs", "1", "--seconds", "0.5", "--warmup-seconds", "0", "--connections", "4"];

/** Why a peer cannot be tried here; undefined: it can. */
function absence({ programs, engine, packages, elsewhere }: PeerRow): string | undefined {
  if (programs && programs[runtime.adapter] === undefined) return elsewhere;
  if (engine !== "own" && findProgram(engine) === undefined) return `${engine} is not installed`;
  if (folderWith(packages, projectDirectory) !== undefined) return undefined;
  return `${packages.join(" and ")} are not installed; npm run bench:compare does it`;
}

const present = peerTable.filter((row) => absence(row) === undefined).map(({ name }) => name);

async function compareWith(names: readonly PeerName[], level: string): Promise<BenchDocument> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve compare "));
  try {
    const json = join(folder, "report.json");
    const args = ["compare", "--peers", names.join(","), "--levels", level, ...SHORT, "--json", json];
    const { code, stderr } = await startBench("bench/main.ts", args).ended;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Installing/);
    const { benches } = JSON.parse(readFileSync(json, "utf8")) as BenchReport;
    const [bench] = benches;
    assert.ok(bench && benches.length === 1);
    return bench;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let whole: Promise<BenchDocument> | undefined;

/** One run for all peers, begun by the first test that needs it. */
function wholeRun(): Promise<BenchDocument> {
  whole ??= compareWith(present, "equal");
  return whole;
}

for (const row of peerTable) {
  const skip = absence(row) ?? false;
  test(`compare measures ${row.name} with equal features and equal answers`, {
    timeout: TIMEOUT_MS,
    skip,
  }, async () => {
    const { cases, comparisons, notes } = await wholeRun();
    assert.deepEqual(
      notes.filter((note) => note.startsWith(`${row.name} is`)),
      [],
    );
    for (const route of row.routes) {
      const id = `compare/equal/${route}/${row.name}`;
      checkCase(
        cases.find((each) => each.id === id),
        id,
      );
      const own = `compare/equal/${route}/fastserve`;
      checkCase(
        cases.find((each) => each.id === own),
        own,
      );
      const pairs = comparisons.filter(({ case_id, baseline_id }) => case_id === own && baseline_id === id);
      assert.ok(pairs.some(({ figure }) => figure === "requests_per_second"));
      for (const { ratio, verdict } of pairs) {
        assert.ok(ratio > 0);
        // One pair proves nothing.
        assert.equal(verdict, "no difference shown");
      }
    }
  });
}

function checkCase(found: BenchDocument["cases"][number] | undefined, id: string): void {
  assert.ok(found, id);
  assert.deepEqual(found.errors, {}, id);
  const { requests_count, requests_per_second, latency_p50_us, latency_p99_us } = found.figures;
  assert.ok((requests_count?.median ?? 0) >= 1, `${id}: ${requests_count?.median} requests`);
  assert.ok((requests_per_second?.median ?? 0) > 1, `${id}: ${requests_per_second?.median} requests/s`);
  assert.ok((latency_p50_us?.median ?? 0) > 1 && (latency_p50_us?.median ?? 0) <= (latency_p99_us?.median ?? 0), id);
}

test("compare says which of the peers that were asked for are absent, and measures the others", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { cases, notes } = await compareWith(runtime.adapter === "bun" ? ["bare"] : ["bare", "elysia"], "bare");
  assert.deepEqual(
    cases.map(({ id }) => id),
    ["constant", "json", "users"].flatMap((route) => [`compare/bare/${route}/fastserve`, `compare/bare/${route}/bare`]),
  );
  const absent = runtime.adapter === "bun" ? [] : ["elysia is absent: Elysia is made for Bun."];
  assert.deepEqual(
    notes.filter((note) => note.includes(" is absent")),
    absent,
  );
});
