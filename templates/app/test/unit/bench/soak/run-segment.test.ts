/** How a segment of load ends, against servers of a few lines. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { type Counts, noCounts } from "../../../../bench/soak/counts.ts";
import { FaultLog } from "../../../../bench/soak/fault-log.ts";
import type { Ground } from "../../../../bench/soak/mixture.ts";
import { runSegment, type Segment } from "../../../../bench/soak/run-segment.ts";
import { SeededRandom } from "../../../../bench/soak/seeded-random.ts";

const ground: Ground = {
  paths: ["/json"],
  pipelinePaths: [],
  bodyPaths: [],
  socketPaths: [],
  bodyBytesMax: 1000,
};

interface Ran {
  readonly counts: Counts;
  readonly seconds: number;
}

/** Runs a segment against a server that answers a request head with this; undefined: never. */
async function ran(answerTo: (request: number) => string | undefined, options: Partial<Segment>): Promise<Ran> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        text = text.slice(end + 4);
        requests += 1;
        const answer = answerTo(requests);
        if (answer !== undefined) socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const counts = noCounts();
  const startMs = performance.now();
  try {
    await runSegment({
      target: { host: "127.0.0.1", port: typeof address === "object" && address ? address.port : 0 },
      ground,
      clients: Array.from({ length: 8 }, (_, client) => new SeededRandom(3, client)),
      seconds: 0.3,
      counts,
      log: new FaultLog(),
      answerMsMax: 20_000,
      cutsUploads: false,
      requestsMax: Number.POSITIVE_INFINITY,
      isRolling: () => false,
      interrupt: new AbortController().signal,
      ...options,
    });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
  return { counts, seconds: (performance.now() - startMs) / 1000 };
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const BUSY = OK.replace("200 OK", "503 Busy");

test("runSegment() counts requests that are never answered, though the segment is over before their time", async () => {
  // Each client ends up with one of them, and waits for it beyond the segment's end.
  const { counts, seconds } = await ran((request) => (request % 5 === 0 ? undefined : OK), { answerMsMax: 1500 });
  assert.ok(counts.requests > 0 && counts.timeouts > 0, JSON.stringify(counts));
  assert.ok(seconds >= 1.4 && seconds < 5, `${seconds}`);
});

test("runSegment() waits for nothing when the server answers, whatever its clients were waiting for", async () => {
  const { counts, seconds } = await ran(() => OK, {});
  assert.ok(counts.requests > 0, JSON.stringify(counts));
  assert.equal(counts.timeouts, 0);
  assert.ok(seconds < 2, `${seconds}`);
});

test("runSegment() leaves requests without an answer soon when it is interrupted, and counts nothing for them", async () => {
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 400);
  const { counts, seconds } = await ran(() => undefined, { interrupt: interrupt.signal });
  assert.deepEqual([counts.requests, counts.timeouts, counts.lost], [0, 0, 0]);
  assert.ok(seconds < 3, `${seconds}`);
});

test("runSegment() ends after a number of requests, also of those that are refused", async () => {
  const { counts, seconds } = await ran(() => BUSY, { requestsMax: 20, seconds: 60 });
  assert.ok(counts.requests === 0 && counts.shed + counts.malformed >= 20, JSON.stringify(counts));
  assert.ok(seconds < 20, `${seconds}`);
});
