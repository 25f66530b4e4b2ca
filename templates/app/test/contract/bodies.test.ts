import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readUse } from "../../src/memory/memory-books.ts";
import { counter } from "../../src/zones/counters.ts";
import { booksAt } from "../../src/zones/memory-row.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const BODY_BYTES_MAX = 65_536;
const BODIES_BYTES_MAX = 131_072;

for (const gathered of [false, true])
  describe(`bodies with memory.body_assembly = ${gathered}`, () => {
    const assembly = { "memory.body_assembly": gathered } as const;
    let plane: Plane;
    before(async () => {
      const limits = { "limits.body_bytes_max": BODY_BYTES_MAX, "limits.bodies_bytes_max": BODIES_BYTES_MAX };
      plane = await startPlane({ ...assembly, ...limits });
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
      assert.equal(
        plane.zones.counters[counter.handlerErrors],
        0,
        "a client that goes away is no defect of the handler",
      );
    });

    it("on their way hold no place in flight: slow senders keep nobody out", async () => {
      const small = await startPlane({ ...assembly, "limits.in_flight_max": 1 });
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
      const small = await startPlane({ ...assembly, "limits.in_flight_max": 1 });
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

    it("in chunks of one byte hold no more memory than is reserved for them", async () => {
      const large = await startPlane({ ...assembly, "limits.bodies_bytes_max": 8_388_608 });
      const connection = await connect(large);
      const externalBefore = process.memoryUsage().external;
      connection.send(requestText("POST", "/echo", { "transfer-encoding": "chunked" }));
      connection.send("1\r\nx\r\n".repeat(4000));
      // A list reserves a KiB for each chunk, as much as its object may take; gathered, four thousand are a few pages.
      await until("the chunks are there", () => large.zones.bodiesKiB.total === (gathered ? 4 : 4000));
      // Deno.serve hands out 64 KiB with each of them: kept, they were 262 MB.
      assert.ok(process.memoryUsage().external - externalBefore < 131_072_000);
      connection.send("0\r\n\r\n");
      assert.equal((await connection.response()).text, "x".repeat(4000));
      connection.destroy();
      assert.equal(large.zones.bodiesKiB.total, 0);
      await large.drain();
    });

    it("are the handler's own, with nothing around them", async () => {
      const chunks = await chunked(plane, "/buffer", pieces(patterned(3000), 700));
      const one = await chunked(plane, "/buffer", [patterned(10)]);
      const declared = await exchange(plane, "POST", "/buffer", patterned(3000));
      assert.deepEqual([chunks.text, one.text, declared.text], ["3000 of 3000", "10 of 10", "3000 of 3000"]);
    });

    it("that a handler keeps are not written by later requests", async () => {
      const whole = patterned(60_000);
      const ways: readonly ((body: Uint8Array) => ReturnType<typeof chunked>)[] = [
        (body) => exchange(plane, "POST", "/previous", body),
        (body) => chunked(plane, "/previous", [body]),
        (body) => chunked(plane, "/previous", pieces(body, 10_000)),
        (body) => chunked(plane, "/previous", pieces(body, 900)),
      ];
      for (const send of ways) {
        await send(whole);
        const previous = await send(whole.map((byte) => byte ^ 255));
        assert.equal(Buffer.compare(previous.body, whole), 0);
      }
    });

    it("show in the books of what the worker holds", { skip: gathered ? false : "a list is in no book" }, async () => {
      const connection = await connect(plane);
      const read = () => readUse(plane.zones.memory, booksAt, "body");
      connection.send(requestText("POST", "/echo", { "transfer-encoding": "chunked" }), chunkOf(patterned(1000)));
      const during = await until("the beat has told", () => read().heldBytes > 0 && read());
      assert.deepEqual([during.heldBytes, during.usedBytes], [1024, 1000]);
      connection.send("0\r\n\r\n");
      assert.equal((await connection.response()).status, 200);
      const after = await until("the beat has told", () => read().heldBytes === 0 && read());
      assert.deepEqual([after.usedBytes, after.taken], [0, during.taken]);
      assert.ok(after.highBytes >= 1024);
      connection.destroy();
    });

    it("that are forms come apart into parts", async () => {
      const form = new FormData();
      form.append("title", "gr\u00fc\u00dfe");
      form.append("file", new File([patterned(10_000) as Uint8Array<ArrayBuffer>], "../x.bin", { type: "a/b" }));
      const request = new Request("http://localhost/", { method: "POST", body: form });
      const type = { "content-type": request.headers.get("content-type") ?? "" };
      const body = new Uint8Array(await request.arrayBuffer());
      const expected = [
        { name: "title", filename: null, type: null, bytes: 7 },
        { name: "file", filename: "x.bin", type: "a/b", bytes: 10_000 },
      ];
      const inChunks = await chunked(plane, "/parts", pieces(body, 700), type);
      for (const response of [await exchange(plane, "POST", "/parts", body, type), inChunks]) {
        const parts = JSON.parse(response.text) as ({ text: string } & (typeof expected)[number])[];
        assert.equal(parts[0]?.text, "gr\u00fc\u00dfe");
        assert.deepEqual(
          parts.map(({ text: _text, ...part }) => part),
          expected,
        );
      }
      assert.equal(plane.zones.bodiesKiB.total, 0);
    });

    const wrongForms: readonly [name: string, type: string, body: string, status: number, code: string][] = [
      ["no form", "application/json", "{}", 415, "NOT_MULTIPART"],
      ["without a boundary", "multipart/form-data", "--b--", 400, "MULTIPART_MALFORMED"],
      ["cut", "multipart/form-data; boundary=b", "--b\r\n", 400, "MULTIPART_MALFORMED"],
      ["of too many parts", "multipart/form-data; boundary=b", manyParts(1001), 413, "MULTIPART_TOO_MANY_PARTS"],
    ];
    for (const [name, type, body, status, code] of wrongForms) {
      it(`that are forms are refused: ${name}`, async () => {
        const response = await exchange(plane, "POST", "/parts", body, { "content-type": type });
        assert.deepEqual([response.status, (JSON.parse(response.text) as { code: string }).code], [status, code]);
        assert.equal(plane.zones.bodiesKiB.total, 0);
      });
    }

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

function manyParts(count: number): string {
  return `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(count)}--b--`;
}

async function chunked(
  plane: Plane,
  path: string,
  parts: readonly Uint8Array[],
  headers: Readonly<Record<string, string>> = {},
) {
  const connection = await connect(plane);
  try {
    const head = requestText("POST", path, { ...headers, "transfer-encoding": "chunked" });
    connection.send(head, ...parts.map(chunkOf), "0\r\n\r\n");
    return await connection.response();
  } finally {
    connection.destroy();
  }
}
