import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const IN_FLIGHT_MAX = 4;

describe("failures", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({ "limits.in_flight_max": IN_FLIGHT_MAX });
  });
  after(() => plane.drain());

  for (const path of ["/problem/no-error", "/problem/unsendable"]) {
    it(`of ${path} are a bare 500 and give their place in flight back`, async () => {
      for (let time = 0; time <= IN_FLIGHT_MAX; time += 1) {
        assert.equal((await exchange(plane, "GET", path)).status, 500);
      }
      assert.equal(plane.zones.inFlight.total, 0);
    });
  }

  for (const head of ["GET /throw HTTP/1.0\r\n\r\n", "GET /throw HTTP/1.1\r\nHost: [\r\n\r\n"]) {
    it(`give their place back whatever the host is: ${JSON.stringify(head)}`, async () => {
      for (let time = 0; time <= IN_FLIGHT_MAX; time += 1) {
        const connection = await connect(plane);
        connection.send(head);
        // Answered with an error or refused by closing: either is right, holding a place is not.
        await Promise.race([connection.response().catch(() => undefined), connection.closed()]);
        connection.destroy();
      }
      await until("all places are free", () => plane.zones.inFlight.total === 0);
      assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");
    });
  }
});
