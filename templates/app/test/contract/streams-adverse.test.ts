import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { counter } from "../../src/zones/counters.ts";
import { has } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { atGate, openGate } from "../fixture/gate.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const MIB = 1024 * 1024;

/** What became of a stream's source. */
interface Source {
  bytes: number;
  cancelled: number;
}
const sources = new Map<string, Source>();

/** A body of `bytes` in pieces, made when they are asked for; its source is known by `name`. */
function body(name: string, bytes: number, pieceBytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const source: Source = { bytes: 0, cancelled: 0 };
  sources.set(name, source);
  return new ReadableStream(
    {
      async pull(controller) {
        // Not at once: a body that is complete when it is first looked at is no stream any more.
        await new Promise((resolve) => setTimeout(resolve, 0));
        const next = Math.min(pieceBytes, bytes - source.bytes);
        source.bytes += next;
        if (next > 0) controller.enqueue(new Uint8Array(next).fill(65));
        else controller.close();
      },
      cancel() {
        source.cancelled += 1;
      },
    },
    { highWaterMark: 0 },
  );
}

const declared = (name: string, bytes: number, length: number) =>
  new Response(body(name, bytes, 3), { headers: { "content-length": String(length) } });

const routes = defineRoutes({
  "GET /exact": () => "exact",
  "GET /large": () => new Response(body("large", 100 * MIB, 64 * 1024)),
  "GET /bytes": () => new Uint8Array(16 * MIB),
  "GET /late": async () => {
    await atGate();
    return new Response(body("late", 100 * MIB, 64 * 1024));
  },
  "GET /right": () => declared("right", 9, 9),
  "GET /short": () => declared("short", 6, 9),
  "GET /long": () => declared("long", 12, 9),
  "GET /none": () => declared("none", 0, 9),
  "GET /framed": () => new Response("framed", { headers: { "transfer-encoding": "chunked" } }),
  "GET /sized": () => new Response("sized", { headers: { "content-length": "50" } }),
  "GET /cookies": () =>
    new Response("c", {
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
    }),
  "GET /status/:status": ({ params }) => new Response(null, { status: Number(params.status) }),
  "POST /mirror": ({ request }) => new Response(request.body),
});

describe("streamed replies under pressure", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(
      { "limits.body_bytes_max": MIB, "limits.bodies_bytes_max": 2 * MIB },
      { routes, features: [], runtime },
    );
  });
  after(() => plane.drain());

  const serves = async () => assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");

  it("are made no faster than a slow reader takes them, and cancelled once when it leaves", async () => {
    const connection = await connect(plane);
    connection.pause();
    connection.send(requestText("GET", "/large"));
    const source = await until("the body is being made", () => sources.get("large"));
    let before = -1;
    let still = 0;
    await until("the source is not asked any more", () => {
      still = source.bytes === before ? still + 1 : 0;
      before = source.bytes;
      return source.bytes > 0 && still > 40;
    });
    // The kernel's buffers of a loopback connection hold some MiB on each side.
    assert.ok(source.bytes < 32 * MIB, `${source.bytes} bytes were made for a reader that took none`);
    connection.destroy();
    await until("the source is cancelled", () => source.cancelled === 1);
    await serves();
    assert.equal(source.cancelled, 1);
  });

  it("whose client left while the handler was at work are cancelled", async () => {
    const connection = await connect(plane);
    connection.send(requestText("GET", "/late"));
    await until("it is in flight", () => plane.zones.inFlight.total === 1);
    connection.destroy();
    await serves();
    openGate();
    // A source that was never asked has nothing to give back.
    await until("its end is told", () => {
      const source = sources.get("late");
      return source && (source.cancelled === 1 || source.bytes === 0);
    });
    await until("it is not in flight", () => plane.zones.inFlight.total === 0);
    await serves();
  });

  it("to clients that leave in the middle end nothing else, and are no errors of handlers", async () => {
    for (let time = 0; time < 20; time += 1) {
      const connection = await connect(plane);
      connection.send(requestText("GET", "/bytes"));
      await connection.head();
      connection.destroy();
    }
    await serves();
    const { counters } = plane.zones;
    assert.equal(counters[counter.handlerErrors], 0);
    if (has("connectionCounts")) await until("they are counted", () => (counters[counter.clientsGone] ?? 0) >= 20);
  });

  it("with their length come whole", async () => {
    assert.equal((await exchange(plane, "GET", "/right")).text, "A".repeat(9));
  });

  for (const path of ["/short", "/long", "/none"]) {
    it(`never leave a connection out of step: ${path}`, async () => {
      const connection = await connect(plane);
      connection.send(requestText("GET", path));
      const { headers } = await connection.head();
      // Sent at once: a reader who trusts the length must not take the second answer for the rest of the first.
      connection.send(requestText("GET", "/exact"));
      const length = headers.get("content-length");
      if (length === undefined) assert.equal(headers.get("transfer-encoding"), "chunked");
      else {
        const whole = await connection.bytes(Number(length)).catch(() => undefined);
        const next = whole && (await connection.response().catch(() => undefined));
        if (next) assert.equal(next.text, "exact");
        else assert.ok(connection.isClosed);
      }
      connection.destroy();
      await serves();
    });
  }

  for (const path of ["/framed", "/sized"]) {
    it(`have one framing, whatever the handler says: ${path}`, async () => {
      const connection = await connect(plane);
      connection.send(requestText("GET", path), requestText("GET", "/exact"));
      const response = await connection.response();
      assert.equal(`/${response.text}`, path);
      const framings = ["content-length", "transfer-encoding"].filter((name) => response.headers.has(name));
      assert.equal(framings.length, 1);
      assert.equal((await connection.response()).text, "exact");
      connection.destroy();
    });
  }

  for (const path of ["/right", "/large", "/status/204", "/status/304", "/bytes"]) {
    it(`have no body for HEAD, and stay in step: ${path}`, async () => {
      const connection = await connect(plane);
      connection.send(requestText("HEAD", path), requestText("GET", "/exact"));
      const response = await connection.response("HEAD");
      assert.equal(response.status, Number(path.slice(8)) || 200);
      if (path === "/bytes") assert.equal(response.headers.get("content-length"), String(16 * MIB));
      assert.equal((await connection.response()).text, "exact");
      connection.destroy();
    });
  }

  it("keep several cookies apart", async () => {
    const response = await fetch(`http://127.0.0.1:${plane.port}/cookies`);
    await response.text();
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  });

  it("may be the request's own body", async () => {
    const sent = new Uint8Array(300 * 1024).map((_, index) => index % 251);
    assert.deepEqual((await exchange(plane, "POST", "/mirror", sent)).body, sent);
  });
});
