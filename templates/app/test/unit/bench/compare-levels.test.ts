/** A level of bench:compare that fails costs itself; the first one of all leaves nothing to report. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Session } from "../../../bench/cases/bench.ts";
import { compareBench } from "../../../bench/cases/compare.ts";
import { figureCase } from "../../../bench/cases/figure-case.ts";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import type { ServerProcess } from "../../../bench/server/server-process.ts";
import { projectDirectory } from "../../fixture/server-process.ts";
import { load } from "../reference-config.ts";

const TIMEOUT_MS = 60_000;

async function serveAnything(): Promise<ServerProcess> {
  const server = createServer((_request, response) => response.end("anything"));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise<void>((done) => server.close(() => done()));
  return { host: "127.0.0.1", port, stop, died: new Promise<never>(() => undefined) } as ServerProcess;
}

/** This server starts so many times. */
function sessionOf(starts: number): Session {
  let started = 0;
  const { config } = load("");
  return {
    config,
    directory: projectDirectory,
    features: [],
    sizes: config.bench,
    compare: { peers: ["bare"], levels: ["bare", "equal"] },
    pinning: { pinned: false, reason: "there is one CPU" },
    interrupt: new AbortController().signal,
    progress: () => undefined,
    async startServer() {
      started += 1;
      if (started > starts) throw new BenchError("The server ended by itself (SIGSEGV).");
      return serveAnything();
    },
    rounds: async () => [
      figureCase({ id: "compare/bare/json/fastserve", title: "this server", runs: [{ requests_per_second: 20_000 }] }),
    ],
  } as unknown as Session;
}

test("compareBench keeps a level that is done when the next one fails, and says why", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { cases, notes } = await compareBench.run(sessionOf(1));
  assert.deepEqual(
    cases.map(({ id }) => id),
    ["compare/bare/json/fastserve"],
  );
  assert.ok(notes.includes('The level "equal" was not measured: The server ended by itself (SIGSEGV).'));
});

test("compareBench fails when its first level does", { timeout: TIMEOUT_MS }, async () => {
  await assert.rejects(compareBench.run(sessionOf(0)), { name: "BenchError", message: /SIGSEGV/ });
});
