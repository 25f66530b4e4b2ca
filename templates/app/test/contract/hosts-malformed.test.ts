import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { responseCache } from "../../src/features/response-cache.ts";
import { mount } from "../../src/http/mount.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { cachedSettings } from "../fixture/cached-app.ts";
import { connect, exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

/** A request whose URL no parser takes: some adapters pass it on, and a handler that needs no URL may answer it. */
const heads: readonly string[] = ["HTTP/1.0\r\n\r\n", "HTTP/1.1\r\nHost: [\r\n\r\n", "HTTP/1.1\r\nHost: x:y\r\n\r\n"];
const IN_FLIGHT_MAX = 4;

describe("a host that is missing or malformed", () => {
  let plane: Plane;
  const routes = [
    ...defineRoutes({
      "GET /exact": () => "exact",
      "GET /stale": { cache: { ttlMs: 1, staleMs: 60_000 }, handler: () => "stale" },
    }),
    ...mount("/api", () => new Response("mounted")),
  ];
  before(async () => {
    const settings = { "limits.in_flight_max": IN_FLIGHT_MAX, ...cachedSettings };
    plane = await startPlane(settings, { routes, features: [responseCache], runtime });
  });
  after(() => plane.drain());

  /** undefined: refused by closing. */
  async function statusOf(path: string, head: string): Promise<number | undefined> {
    const connection = await connect(plane);
    connection.send(`GET ${path} ${head}`);
    const response = await Promise.race([connection.response().catch(() => undefined), connection.closed()]);
    connection.destroy();
    return response?.status;
  }

  for (const head of heads) {
    it(`holds no place for the refresh of a stale reply: ${JSON.stringify(head)}`, async () => {
      for (let time = 0; time < 3 * IN_FLIGHT_MAX; time += 1) {
        assert.notEqual(await statusOf("/stale", head), 500);
        const nowMs = Date.now();
        await until("the reply is stale", () => Date.now() > nowMs + 1);
      }
      await until("all places are free", () => plane.zones.inFlight.total === 0);
      assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");
    });

    it(`is no failure of a mounted app: ${JSON.stringify(head)}`, async () => {
      const status = await statusOf("/api/x", head);
      assert.ok(status === undefined || status < 500, String(status));
    });
  }
});
