/**
 * When a response's stream, and a write to node:http, are done with a chunk. It decides where files may be read into buffers
 * that are used again (capability `filePool`).
 */
import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { connect as connectTls } from "node:tls";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { adapter } from "../fixture/capability.ts";
import { makeCertificate, withoutOpenssl } from "../fixture/certificate.ts";
import { startPlane } from "../fixture/plane.ts";
import { pause, until } from "../fixture/until.ts";

const SCRIBBLE = 255;
const CHUNK_BYTES = 65_536;
/** 16 MiB: more than the kernel's buffers take, so that the sink has to wait for a slow client. */
const CHUNKS = 256;

type Moment = "at once" | "at the next pull";

/** Whether a chunk that changes at this moment reaches the client as it was. */
const isSafe: Readonly<Record<typeof adapter, Readonly<Record<Moment, boolean>>>> = {
  bun: { "at once": false, "at the next pull": true },
  "deno-serve": { "at once": false, "at the next pull": false },
  "deno-http": { "at once": false, "at the next pull": false },
};

describe("a chunk of a response's stream", () => {
  for (const moment of ["at once", "at the next pull"] as const) {
    it(`that changes ${moment} is ${isSafe[adapter][moment] ? "sent as it was" : "sent changed"}`, async () => {
      let pulls = 0;
      const pulled = () => {
        pulls += 1;
      };
      const routes = defineRoutes({ "GET /stream": () => new Response(scribblingStream(moment, pulled)) });
      const plane = await startPlane({}, { routes, features: [], runtime });
      try {
        const scribbled = await scribbledBytes(connectTcp(plane.port, "127.0.0.1"), "/stream", () => pulls);
        assert.equal(scribbled === 0, isSafe[adapter][moment], `${scribbled} bytes were scribbled over`);
      } finally {
        await plane.drain();
      }
    });
  }
});

function scribblingStream(moment: Moment, pulled: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = CHUNKS;
  let last: Uint8Array | undefined;
  return new ReadableStream(
    {
      pull(controller) {
        pulled();
        last?.fill(SCRIBBLE);
        if (left === 0) return controller.close();
        left -= 1;
        const chunk = new Uint8Array(CHUNK_BYTES).fill(1);
        controller.enqueue(chunk);
        if (moment === "at once") chunk.fill(SCRIBBLE);
        else last = chunk;
      },
    },
    { highWaterMark: 0 },
  );
}

/** Asks, reads nothing until the server makes no more, then reads all; returns how many bytes are scribbled over. */
async function scribbledBytes(client: Socket, path: string, progress: () => number): Promise<number> {
  const scribbled = readToEnd(client, path);
  client.pause();
  await until("the server has begun", () => progress() > 0);
  await until("the server waits for its client", async () => {
    const before = progress();
    await pause(50);
    return progress() === before;
  });
  client.resume();
  return scribbled;
}

async function readToEnd(client: Socket, path: string): Promise<number> {
  let scribbled = 0;
  client.on("data", (bytes: Uint8Array) => {
    for (let at = bytes.indexOf(SCRIBBLE); at !== -1; at = bytes.indexOf(SCRIBBLE, at + 1)) scribbled += 1;
  });
  client.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  await new Promise<void>((resolve, reject) => client.once("close", resolve).once("error", reject));
  return scribbled;
}

/** Writes the chunks one after the other, each in the same buffer, as soon as the moment has come. */
async function writeChunks(write: (chunk: Uint8Array, written: () => void) => void, wrote: () => void): Promise<void> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let left = CHUNKS; left > 0; left -= 1) {
    chunk.fill(1);
    await new Promise<void>((resolve) => write(chunk, resolve));
    chunk.fill(SCRIBBLE);
    wrote();
  }
}

const notUsed = adapter !== "deno-http" && "only the adapter deno-http writes through node:http";

describe("a chunk written to node:http", { skip: notUsed }, () => {
  async function served(
    moment: "callback" | "return",
    open: (listener: RequestListener) => ReturnType<typeof createServer>,
    ask: (port: number, written: () => number) => Promise<number>,
  ): Promise<number> {
    let written = 0;
    const wrote = () => {
      written += 1;
    };
    const server = open((_incoming, outgoing) => {
      const write = (chunk: Uint8Array, done: () => void) => {
        if (moment === "callback") outgoing.write(chunk, done);
        else {
          outgoing.write(chunk);
          done();
        }
      };
      void writeChunks(write, wrote).then(() => outgoing.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = (server.address() as AddressInfo).port;
    try {
      return await ask(port, () => written);
    } finally {
      server.close();
    }
  }

  const plain = (port: number, written: () => number) => scribbledBytes(connectTcp(port, "127.0.0.1"), "/", written);

  it("is copied when the write calls back", async () => {
    assert.equal(await served("callback", createServer, plain), 0);
  });

  it("is not yet copied when the write returns", async () => {
    assert.notEqual(await served("return", createServer, plain), 0);
  });

  it("over TLS is copied when the write calls back", { skip: withoutOpenssl() }, async () => {
    const certificate = makeCertificate();
    try {
      const scribbled = await served(
        "callback",
        (listener) => createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, listener),
        // Deno's TLS client does not go on after a pause: this one reads as fast as it can.
        (port) =>
          readToEnd(connectTls({ port, host: "127.0.0.1", ca: certificate.certPem, servername: "localhost" }), "/"),
      );
      assert.equal(scribbled, 0);
    } finally {
      certificate.remove();
    }
  });
});

describe("a chunk written to a connection of node:net", { skip: notUsed }, () => {
  it("is copied when the write calls back", async () => {
    let written = 0;
    const wrote = () => {
      written += 1;
    };
    const server = createTcpServer((connection) => {
      connection.once("data", () => {
        const write = (chunk: Uint8Array, done: () => void) => connection.write(chunk, () => done());
        void writeChunks(write, wrote).then(() => connection.end());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    assert.equal(await scribbledBytes(connectTcp(port, "127.0.0.1"), "/", () => written), 0);
    server.close();
  });
});
