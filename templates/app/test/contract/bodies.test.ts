import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { counter } from "../../src/zones/counters.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const BODY_BYTES_MAX = 65_536;
const BODIES_BYTES_MAX = 131_072;

describe("bodies", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({ "limits.body_bytes_max": BODY_BYTES_MAX, "limits.bodies_bytes_max": BODIES_BYTES_MAX });
  });
  after(() => plane.drain());

  const sizes = [0, 1, 100, 2048, 16_384, BODY_BYTES_MAX];
  for (const size of sizes) {
    it(`come back whole with ${size} declared bytes`, async () => {
      const body = patterned(size);
      const response = await exchange(plane, "POST", "/echo", body);
      assert.equal(response.status, 200);
      assert.deepEqual(response.body, body);
    });
    it(`come back whole with ${size} bytes in chunks`, async () => {
      const body = patterned(size);
      const response = await chunked(plane, "/echo", pieces(body, 5000));
      assert.equal(response.status, 200);
      assert.deepEqual(response.body, body);
    });
  }

  it("above the limit are refused by their declared length, before a byte of them is sent", async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "content-length": String(BODY_BYTES_MAX + 1) }));
    const response = await connection.response();
    assert.equal(response.status, 413);
    assert.equal(plane.zones.bodiesKiB.total, 0);
    connection.destroy();
  });

  it("above the limit are refused while their chunks arrive", async () => {
    const connection = await connect(plane);
    connection.send(requestText("POST", "/echo", { "transfer-encoding": "chunked" }));
    for (const piece of pieces(patterned(BODY_BYTES_MAX + 1), 8192)) connection.send(chunkOf(piece));
    // The last chunk never comes: the refusal must not wait for it.
    assert.equal((await connection.response()).status, 413);
    connection.destroy();
    await until("the reservation is given back", () => plane.zones.bodiesKiB.total === 0);
  });

  it("together above the limit are refused, and admitted again afterwards", async () => {
    const full = { "content-length": String(BODY_BYTES_MAX) };
    const holders = [await connect(plane), await connect(plane)];
    for (const [index, holder] of holders.entries()) {
      holder.send(requestText("POST", "/hold", full));
      await until("the body is reserved", () => plane.zones.bodiesKiB.total === 64 * (index + 1));
    }
    const refusedBefore = plane.zones.counters[counter.refusedBodies];
    const refused = await exchange(plane, "POST", "/echo", "x");
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    assert.equal((JSON.parse(refused.text) as { code: string }).code, "BODIES_FULL");
    assert.equal(plane.zones.counters[counter.refusedBodies], (refusedBefore ?? 0) + 1);
    for (const holder of holders) {
      holder.send(patterned(BODY_BYTES_MAX));
      assert.equal((await holder.response()).text, "held");
      holder.destroy();
    }
    assert.equal(plane.zones.bodiesKiB.total, 0);
    assert.equal((await exchange(plane, "POST", "/echo", "x")).text, "x");
  });

  it("that end early give back what they held", async () => {
    const [declared, inChunks] = [await connect(plane), await connect(plane)];
    declared.send(requestText("POST", "/hold", { "content-length": "50000" }), patterned(20_000));
    inChunks.send(requestText("POST", "/hold", { "transfer-encoding": "chunked" }), chunkOf(patterned(20_000)));
    await until("both bodies are being read", () => plane.zones.bodiesKiB.total >= 69);
    declared.destroy();
    inChunks.destroy();
    await until("nothing is held", () => plane.zones.bodiesKiB.total === 0);
    assert.equal(plane.zones.inFlight.total, 0);
    assert.equal(plane.zones.counters[counter.handlerErrors], 0, "a client that goes away is no defect of the handler");
  });

  it("on their way hold no place in flight: slow senders keep nobody out", async () => {
    const small = await startPlane({ "limits.in_flight_max": 1 });
    const senders = [await connect(small), await connect(small)];
    for (const sender of senders) sender.send(requestText("POST", "/echo", { "content-length": "2" }), "a");
    await until("both bodies are being read", () => small.zones.bodiesKiB.total === 2);
    assert.equal(small.zones.inFlight.total, 0);
    assert.equal((await exchange(small, "GET", "/reply/later")).status, 200);
    for (const sender of senders) {
      sender.send("b");
      assert.equal((await sender.response()).text, "ab");
      sender.destroy();
    }
    assert.equal(small.zones.inFlight.total, 0);
    await small.drain();
  });

  it("that are there when all places are taken get 503", async () => {
    const small = await startPlane({ "limits.in_flight_max": 1 });
    const [sender, keeper] = [await connect(small), await connect(small)];
    sender.send(requestText("POST", "/echo", { "content-length": "2" }), "a");
    await until("the body is being read", () => small.zones.bodiesKiB.total === 1);
    keeper.send(requestText("POST", "/keep", { "content-length": "1" }));
    await until("the place is taken", () => small.zones.inFlight.total === 1);
    sender.send("b");
    const refused = await sender.response();
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    assert.equal((JSON.parse(refused.text) as { code: string }).code, "TOO_MANY_REQUESTS_IN_FLIGHT");
    assert.equal(small.zones.counters[counter.refusedInFlight], 1);
    keeper.send("x");
    assert.equal((await keeper.response()).text, "kept");
    assert.deepEqual([small.zones.inFlight.total, small.zones.bodiesKiB.total], [0, 0]);
    for (const connection of [sender, keeper]) connection.destroy();
    await small.drain();
  });

  it("read twice are the handler's error", async () => {
    assert.equal((await exchange(plane, "POST", "/twice", "x")).status, 500);
    plane.zones.counters[counter.handlerErrors] = 0;
  });

  it("that no handler reads reserve nothing", async () => {
    const response = await exchange(plane, "POST", "/ignore", patterned(1000));
    assert.equal(response.text, "ignored");
    assert.equal(plane.zones.bodiesKiB.total, 0);
  });

  it("as JSON are parsed", async () => {
    assert.equal((await exchange(plane, "POST", "/json", '{"a":[1,2]}')).text, '{"got":{"a":[1,2]}}');
  });

  for (const text of ["", "{", "{'a':1}", "\u0000"]) {
    it(`that are not JSON are the client's error: ${JSON.stringify(text)}`, async () => {
      const response = await exchange(plane, "POST", "/json", text);
      assert.equal(response.status, 400);
      assert.equal((JSON.parse(response.text) as { code: string }).code, "BODY_NOT_JSON");
    });
  }
});

/** Bytes in which a shift or a swap of pieces shows. */
function patterned(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) & 255);
}

function pieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function chunkOf(piece: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from([...encoder.encode(`${piece.length.toString(16)}\r\n`), ...piece, 13, 10]);
}

async function chunked(plane: Plane, path: string, parts: readonly Uint8Array[]) {
  const connection = await connect(plane);
  try {
    connection.send(requestText("POST", path, { "transfer-encoding": "chunked" }), ...parts.map(chunkOf), "0\r\n\r\n");
    return await connection.response();
  } finally {
    connection.destroy();
  }
}
