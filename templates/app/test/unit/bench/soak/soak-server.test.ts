/** A whole soak against servers of a few lines, which tell of themselves what a test wants. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import process from "node:process";
import { test } from "node:test";
import { type Metrics, parseMetrics } from "../../../../bench/server/read-metrics.ts";
import { parseSoakOptions } from "../../../../bench/soak/options.ts";
import { type Soaked, soakServer } from "../../../../bench/soak/soak-server.ts";

const page = parseMetrics("fastserve_workers 1\nfastserve_workers_listening 1\nfastserve_requests_in_flight 0\n");

async function soaked(args: readonly string[], status: number, metrics: () => Promise<Metrics>): Promise<Soaked> {
  const options = parseSoakOptions([...args, "--reload-seconds", "0", "--roll-seconds", "0", "--seed", "1"], 1);
  assert.ok(options !== "help");
  const server = createServer((request, response) => {
    request.resume();
    response.statusCode = status;
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    return await soakServer({
      server: {
        pid: process.pid,
        host: "127.0.0.1",
        port,
        adminPort: port,
        allocator: "mimalloc 3.5.3",
        notes: "",
        spawnedMs: 0,
        died: new Promise<never>(() => undefined),
        metrics,
        stop: async () => undefined,
      },
      adapter: "bun",
      drainMs: 6000,
      hasThreads: true,
      ground: { paths: ["/json"], pipelinePaths: [], bodyPaths: [], socketPaths: [], bodyBytesMax: 1000 },
      options,
      interrupt: new AbortController().signal,
      onProgress: () => undefined,
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("soakServer() goes on without a page of metrics, and counts it", async () => {
  let looks = 0;
  const found = await soaked(["--minutes", "0.02", "--clients", "4"], 200, async () => {
    looks += 1;
    // Never more than four in a row.
    if (looks % 5 !== 0) throw new Error("socket hang up");
    return page;
  });
  assert.deepEqual([found.findings, found.death], [[], undefined]);
  assert.ok(found.counts.unseen >= 4 && found.counts.requests > 0, JSON.stringify(found.counts));
  assert.ok(found.blocks.length >= 2 && found.seconds >= 1, `${found.blocks.length}`);
  assert.equal(found.server?.workers, 1);
});

test("soakServer() ends early with a finding when the server tells nothing any more", async () => {
  let looks = 0;
  const found = await soaked(["--minutes", "100", "--clients", "4"], 200, async () => {
    looks += 1;
    if (looks > 1) throw new Error("connect ECONNREFUSED");
    return page;
  });
  assert.deepEqual(found.findings, ["The soak ended early: 5 looks at the server's metrics failed in a row."]);
  assert.equal(found.counts.unseen, 5);
  assert.ok(found.seconds < 20, `${found.seconds}`);
});

test("soakServer() ends after the asked number of requests when each is refused, and says that none was answered", async () => {
  const found = await soaked(["--requests", "300", "--clients", "8"], 503, async () => page);
  assert.equal(found.counts.requests, 0);
  assert.deepEqual(found.findings.length, 1);
  assert.match(
    found.findings[0] ?? "",
    /^In the last segment no request was answered as expected, and \d+ were refused by a limit\.$/,
  );
  assert.ok(found.seconds < 20, `${found.seconds}`);
});
