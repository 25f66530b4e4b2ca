import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createGunzip, gunzipSync } from "node:zlib";
import { compression } from "../../src/features/compression.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { connect, exchange, type RawResponse, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until, within } from "../fixture/until.ts";

const encoder = new TextEncoder();
const text = "some text, again and again. ".repeat(100);
const long = "some text, again and again. ".repeat(20_000);
const typed = { headers: { "content-type": "text/html" } };

/** A stream that the test feeds, and whose end it sees. */
interface Fed {
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  isCancelled: boolean;
}
const fed: Fed[] = [];

function feed(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let made: Fed | undefined;
  return new ReadableStream({
    start(controller) {
      made = { controller, isCancelled: false };
      fed.push(made);
    },
    cancel() {
      if (made) made.isCancelled = true;
    },
  });
}

/** Pieces that were taken of the endless stream, which no coding makes smaller; and whether it was cancelled. */
let asked = 0;
let isLeft = false;
const noise = crypto.getRandomValues(new Uint8Array(65_536));

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      asked += 1;
      controller.enqueue(noise.slice());
    },
    cancel() {
      isLeft = true;
    },
  });
}

const routes = defineRoutes({
  "GET /endless": () => new Response(endless(), typed),
  "GET /text": () => text,
  "GET /later": async () => text,
  "GET /json": () => ({ text }),
  "GET /small": () => ({ a: 1 }),
  "GET /response": () => new Response(text, { ...typed, status: 201 }),
  "GET /response/small": () => new Response("small", typed),
  "GET /long": () => long,
  "GET /fed": () => new Response(feed(), typed),
  "GET /events": () => new Response(feed(), { headers: { "content-type": "text/event-stream" } }),
  "GET /never": { compress: false, handler: () => text },
});

const gzip = { "accept-encoding": "gzip" };

function unzipped({ body }: RawResponse): string {
  return new TextDecoder().decode(gunzipSync(body));
}

describe("compression", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane(
      {
        "compression.bytes_min": 256,
        "compression.bytes_max": 65_536,
        "compression.level": 4,
        "compression.streams_max": 2,
        "compression.types": "text/*,application/json",
      },
      { routes, features: [compression], runtime },
    );
  });
  after(() => plane.drain());

  const get = (path: string, headers: Readonly<Record<string, string>> = gzip) =>
    exchange(plane, "GET", path, undefined, headers);

  const whole: readonly (readonly [path: string, status: number, type: RegExp, body: string])[] = [
    ["/text", 200, /^text\/plain/, text],
    ["/later", 200, /^text\/plain/, text],
    ["/json", 200, /^application\/json/, JSON.stringify({ text })],
    ["/response", 201, /^text\/html/, text],
  ];
  for (const [path, status, type, body] of whole) {
    it(`sends ${path} coded, with its length`, async () => {
      const response = await get(path);
      assert.deepEqual([response.status, response.headers.get("content-encoding")], [status, "gzip"]);
      assert.equal(response.headers.get("content-length"), String(response.body.length));
      assert.match(response.headers.get("content-type") ?? "", type);
      assert.equal(response.headers.get("vary")?.toLowerCase(), "accept-encoding");
      assert.equal(unzipped(response), body);
    });
    it(`sends ${path} as it is to a client that takes no coding`, async () => {
      const response = await get(path, {});
      assert.deepEqual([response.text, response.headers.get("content-encoding")], [body, undefined]);
      assert.equal(response.headers.get("vary")?.toLowerCase(), "accept-encoding");
      assert.equal(response.headers.get("content-length"), String(encoder.encode(body).length));
    });
    it(`answers HEAD of ${path} with the head of GET`, async () => {
      const head = await exchange(plane, "HEAD", path, undefined, gzip);
      const { headers } = await get(path);
      for (const name of ["content-encoding", "content-length", "vary"]) {
        assert.equal(head.headers.get(name), headers.get(name), name);
      }
    });
  }

  for (const [path, body] of [
    ["/small", '{"a":1}'],
    ["/response/small", "small"],
    ["/never", text],
  ] as const) {
    it(`sends ${path} as it is`, async () => {
      const response = await get(path);
      assert.deepEqual([response.text, response.headers.get("content-encoding")], [body, undefined]);
    });
  }

  it("sends a large body as a stream", async () => {
    const response = await get("/long");
    assert.deepEqual(
      [response.headers.get("content-encoding"), response.headers.get("transfer-encoding")],
      ["gzip", "chunked"],
    );
    assert.equal(unzipped(response), long);
  });

  it("answers HEAD of a large body without a length, and keeps the connection in step", async () => {
    const connection = await connect(plane);
    connection.send(requestText("HEAD", "/long", gzip), requestText("GET", "/small"));
    const head = await connection.response("HEAD");
    assert.deepEqual([head.headers.get("content-encoding"), head.headers.get("content-length")], ["gzip", undefined]);
    assert.equal((await connection.response()).text, '{"a":1}');
    connection.destroy();
  });

  it("sends each piece of a stream when its source pauses, and cancels the source when the client leaves", async () => {
    const seen = fed.length;
    const connection = await connect(plane);
    connection.send(requestText("GET", "/fed", gzip));
    const source = await until("the handler made its stream", () => fed[seen]);
    const unzip = createGunzip();
    let received = "";
    unzip.on("data", (chunk: Uint8Array) => {
      received += new TextDecoder().decode(chunk);
    });
    source.controller.enqueue(encoder.encode("first,"));
    const { headers } = await connection.head();
    assert.equal(headers.get("content-encoding"), "gzip");
    const readChunk = async () => {
      let line = "";
      while (!line.endsWith("\r\n")) line += new TextDecoder().decode(await connection.bytes(1));
      const chunk = await connection.bytes(Number.parseInt(line, 16) + 2);
      unzip.write(chunk.subarray(0, -2));
    };
    const receive = async (expected: string) => {
      while (received !== expected) {
        await readChunk();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await within("the first piece", receive("first,"));
    source.controller.enqueue(encoder.encode("second"));
    await within("the second piece", receive("first,second"));
    connection.destroy();
    // A quiet stream does not notice; what it says next finds nobody.
    await until("the source was told", () => {
      if (!source.isCancelled) source.controller.enqueue(encoder.encode("anybody there?"));
      return source.isCancelled;
    });
  });

  it("stops asking its source when the client stops reading", async () => {
    asked = 0;
    const connection = await connect(plane);
    connection.pause();
    connection.send(requestText("GET", "/endless", gzip));
    let last = -1;
    let same = 0;
    await until("the source is asked no more", () => {
      same = asked > 0 && asked === last ? same + 1 : 0;
      last = asked;
      return same === 50;
    });
    // 64 KiB a piece: what the sockets' buffers take is far below, and a source that is read on and on far above.
    assert.ok(asked < 1000, `${asked} pieces`);
    connection.destroy();
    await until("the source was told", () => isLeft);
  });

  it("leaves event streams as they are", async () => {
    const seen = fed.length;
    const connection = await connect(plane);
    connection.send(requestText("GET", "/events", gzip));
    const source = await until("the handler made its stream", () => fed[seen]);
    source.controller.enqueue(encoder.encode("data: 1\n\n"));
    const { headers } = await connection.head();
    assert.deepEqual([headers.get("content-encoding"), headers.get("vary")], [undefined, undefined]);
    connection.destroy();
    await until("the source was told", () => {
      if (!source.isCancelled) source.controller.enqueue(encoder.encode("data: 2\n\n"));
      return source.isCancelled;
    });
  });
});
