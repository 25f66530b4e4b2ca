/** The sessions workload against a server in this process: what it reports must be comparable from one time to the next. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { test } from "node:test";
import type { Session } from "../../../bench/cases/bench.ts";
import { sessionsBench } from "../../../bench/cases/sessions.ts";
import { against } from "../../../bench/report/against.ts";
import type { BenchDocument, BenchReport } from "../../../bench/report/document.ts";
import { loadText } from "../../../bench/report/terminal.ts";
import { listOf } from "../../../bench/server/app/answers.ts";
import { benchReport } from "../../fixture/bench-report.ts";
import { load } from "../reference-config.ts";

const { config } = load("");

/** Answers as the bench's routes do. */
function answerOf(method: string, path: string): unknown {
  const [, kind, id = ""] = path.split("/");
  if (kind === "answers") return listOf(id);
  return method === "POST" ? { id } : { id, visits: 1 };
}

async function startServer() {
  const server = createServer((request, response) => {
    const body = JSON.stringify(answerOf(request.method ?? "", request.url ?? ""));
    request.resume().on("end", () => response.writeHead(200, { "Content-Length": Buffer.byteLength(body) }).end(body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    pid: process.pid,
    died: new Promise<never>(() => undefined),
    stop: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

function sessionsReport(sessions: number): Promise<BenchDocument> {
  const sizes = { ...config.bench, runs: 4, connections: 3, sessions, cached_requests: 20 };
  const session = {
    config,
    sizes,
    features: [],
    interrupt: new AbortController().signal,
    progress: () => undefined,
    startServer,
  };
  return sessionsBench.run(session as unknown as Session);
}

const reportOf = (bench: BenchDocument): BenchReport => ({ ...benchReport, benches: [bench] });
const ids = ["create", "use", "fill", "read"].map((name) => `sessions/${name}`);

test("bench sessions is compared with itself: its load is the work, however long that took", async () => {
  const [first, second] = [await sessionsReport(30), await sessionsReport(30)];
  assert.deepEqual(
    first.cases.map(({ id, load: work, errors }) => [id, work?.seconds, errors]),
    ids.map((id) => [id, 0, {}]),
  );
  assert.doesNotMatch(loadText(first.cases), /\b0 s\b/);
  const { changes, left_out } = against(reportOf(first), reportOf(second));
  assert.deepEqual(left_out, []);
  const rates = changes.filter(({ figure }) => figure === "operations_per_second");
  assert.deepEqual(
    rates.map(({ case_id }) => case_id),
    ids,
  );
});

test("bench sessions of another size is not compared: all of its titles hold what it did", async () => {
  const { changes, left_out } = against(reportOf(await sessionsReport(30)), reportOf(await sessionsReport(31)));
  assert.deepEqual(changes, []);
  assert.deepEqual(left_out, [
    'sessions/create: it was "30 sessions made" and is "31 sessions made"',
    'sessions/use: it was "each of 30 sessions used" and is "each of 31 sessions used"',
    'sessions/fill: it was "20 answers made and kept beside 30 sessions" and is "20 answers made and kept beside 31 sessions"',
    'sessions/read: it was "each of 20 answers read again beside 30 sessions" and is "each of 20 answers read again beside 31 sessions"',
  ]);
});
