import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { responseCache } from "../../src/features/response-cache.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { cachedSettings } from "../fixture/cached-app.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const cache = { ttlMs: 1, staleMs: 60_000 };
const signals: AbortSignal[] = [];
let runs = 0;
let silentRuns = 0;
let isCancelled = false;

/** A body that says nothing and has no end. */
function silent(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    cancel() {
      isCancelled = true;
    },
  });
}

const routes = defineRoutes({
  "GET /handler": {
    cache,
    timeoutMs: 50,
    handler: ({ signal }) => {
      runs += 1;
      if (runs === 1) return "good";
      signals.push(signal);
      return new Promise<string>(() => undefined);
    },
  },
  "GET /body": {
    cache,
    timeoutMs: 50,
    handler: () => {
      silentRuns += 1;
      return silentRuns === 1 ? "good" : new Response(silent(), { headers: { "content-type": "text/plain" } });
    },
  },
});

describe("a refresh that hangs", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(cachedSettings, { routes, features: [responseCache], runtime });
  });
  after(() => plane.drain());

  async function refreshed(path: string, hasBegun: () => boolean): Promise<void> {
    await until("the refresh has begun", async () => {
      const { text } = await exchange(plane, "GET", path);
      assert.equal(text, "good");
      return hasBegun();
    });
    await until("its place is given back", () => plane.zones.inFlight.total === 0);
  }

  it("in its handler gives its place in flight back at the handler's time limit, and is told so", async () => {
    await refreshed("/handler", () => runs > 1);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true],
    );
  });

  it("in its body gives its place back, and the body is cancelled", async () => {
    await refreshed("/body", () => silentRuns > 1);
    await until("the body is cancelled", () => isCancelled);
  });
});
