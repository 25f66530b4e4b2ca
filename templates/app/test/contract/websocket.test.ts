import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { counter } from "../../src/zones/counters.ts";
import { makeCertificate, withoutOpenssl } from "../fixture/certificate.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { ended, open, socketApp } from "../fixture/sockets.ts";
import { until } from "../fixture/until.ts";
import { handshake, opcode, openWebSocket, type WebSocketClient } from "../fixture/websocket-client.ts";

const MESSAGE_BYTES_MAX = 70_000;
const UNSENT_BYTES_MAX = 262_144;
const SOCKETS_MAX = 4;

for (const isBatched of [false, true])
  describe(`websocket, frames ${isBatched ? "of a turn together" : "alone"}`, () => {
    let plane: Plane;
    before(async () => {
      plane = await startPlane(
        {
          "websocket.connections_max": SOCKETS_MAX,
          "websocket.message_bytes_max": MESSAGE_BYTES_MAX,
          "websocket.unsent_bytes_max": UNSENT_BYTES_MAX,
          "memory.frame_batch": isBatched,
          "memory.debug": isBatched,
        },
        socketApp,
      );
    });
    after(() => plane.drain());

    const allClosed = () => until("all sockets are closed", () => plane.zones.sockets.total === 0);
    const count = (name: keyof typeof counter) => plane.zones.counters[counter[name]] ?? 0;

    /** One socket, gone without a trace whatever becomes of its test. */
    async function session(path: string, use: (client: WebSocketClient) => Promise<void>): Promise<void> {
      const client = await openWebSocket(plane, path);
      try {
        await use(client);
      } finally {
        client.connection.destroy();
        await allClosed();
      }
    }

    it("accepts the key of the handshake", async () => {
      const { connection, response } = await handshake(plane, "/ws/echo");
      assert.equal(response.status, 101);
      // The answer that RFC 6455 gives for its own example.
      assert.equal(response.headers.get("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      connection.destroy();
      await allClosed();
    });

    for (const text of ["", "x", "\u00e9\u{1f600}", "y".repeat(125), "y".repeat(126), "z".repeat(65_536)]) {
      it(`echoes ${text.length} characters of text`, async () => {
        await session("/ws/echo", async (client) => {
          client.sendText(text);
          const frame = await client.frame();
          assert.deepEqual([frame.opcode, frame.text], [opcode.text, text]);
        });
      });
    }

    it("echoes binary messages", async () => {
      await session("/ws/echo", async (client) => {
        const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index & 255);
        client.sendBinary(bytes);
        const frame = await client.frame();
        assert.equal(frame.opcode, opcode.binary);
        assert.deepEqual(frame.payload, bytes);
      });
    });

    it("takes a message of exactly the limit and closes with 1009 above it", async () => {
      await session("/ws/echo", async (client) => {
        client.sendBinary(new Uint8Array(MESSAGE_BYTES_MAX));
        assert.equal((await client.frame()).payload.length, MESSAGE_BYTES_MAX);
        const messagesIn = count("socketMessagesIn");
        client.sendBinary(new Uint8Array(MESSAGE_BYTES_MAX + 1));
        assert.equal(await closeCode(client), 1009);
        assert.equal(count("socketMessagesIn"), messagesIn);
      });
    });

    it("measures a text message in bytes", async () => {
      await session("/ws/echo", async (client) => {
        client.sendText("\u20ac".repeat(MESSAGE_BYTES_MAX / 2));
        assert.equal(await closeCode(client), 1009);
      });
    });

    for (const [path, message] of [
      ["/ws/failing", "now"],
      ["/ws/failing", "later"],
      ["/ws/failing-at-once", "now"],
    ] as const) {
      it(`ends the one socket whose handler fails (${path}, ${message}) with 1011, and serves on`, async () => {
        const errorsBefore = count("handlerErrors");
        await session(path, async (client) => {
          client.sendText(message);
          assert.equal(await closeCode(client), 1011);
        });
        assert.equal(count("handlerErrors"), errorsBefore + 1);
        await session("/ws/echo", async (client) => {
          client.sendText("still here");
          assert.equal((await client.frame()).text, "still here");
        });
      });
    }

    it("refuses sockets above the limit with 503, and takes one again when one has closed", async () => {
      const clients: WebSocketClient[] = [];
      try {
        await fill(clients);
      } finally {
        for (const client of clients) client.connection.destroy();
        await allClosed();
      }
    });

    async function fill(clients: WebSocketClient[]): Promise<void> {
      for (let held = 1; held <= SOCKETS_MAX; held += 1) {
        clients.push(await openWebSocket(plane, "/ws/echo"));
        await until(`${held} are open`, () => plane.zones.sockets.total === held);
      }
      const refusedBefore = count("socketsRefused");
      const { connection, response } = await handshake(plane, "/ws/echo");
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "5"]);
      assert.equal(count("socketsRefused"), refusedBefore + 1);
      connection.destroy();
      clients.pop()?.connection.destroy();
      await until("a place is free", () => plane.zones.sockets.total === SOCKETS_MAX - 1);
      clients.push(await openWebSocket(plane, "/ws/echo"));
    }

    it("tells the handler the client's close code, and answers with it", async () => {
      await session("/ws/told", async (client) => {
        assert.equal((await client.frame()).text, "welcome");
        ended.length = 0;
        client.sendClose(4002, "enough");
        assert.equal(await closeCode(client), 4002);
        await until("the handler is told", () => ended.length === 1);
        assert.deepEqual(ended, [{ code: 4002, reason: "enough" }]);
      });
    });

    it("sends the handler's close code and reason", async () => {
      await session("/ws/told", async (client) => {
        await client.frame();
        client.sendText("close me");
        const frame = await client.frame();
        assert.deepEqual([frame.opcode, frame.code, frame.text], [opcode.close, 4001, "as you wish"]);
        client.sendClose(4001, "");
      });
    });

    it("tells the handler when the connection breaks", async () => {
      const client = await openWebSocket(plane, "/ws/told");
      await client.frame();
      ended.length = 0;
      client.connection.destroy();
      await until("the handler is told", () => ended.length === 1);
      assert.equal(ended[0]?.code, 1006);
      await allClosed();
    });

    it("cuts a receiver that does not read, and counts what it did not get", async () => {
      await session("/ws/told", async (client) => {
        await client.frame();
        const [socket] = open;
        assert.ok(socket);
        const droppedBefore = count("socketMessagesDropped");
        client.connection.pause();
        const message = "m".repeat(65_536);
        // The kernel's buffers take some megabytes before anything waits here.
        await until("a message is dropped", async () => {
          for (let burst = 0; burst < 16; burst += 1) if (socket.send(message) === "dropped") return true;
          assert.ok(socket.unsentBytes() <= UNSENT_BYTES_MAX + 65_536 + 64, `${socket.unsentBytes()} bytes wait`);
          return false;
        });
        assert.equal(count("socketMessagesDropped"), droppedBefore + 1);
      });
      assert.equal(open.size, 0);
    });

    it("answers a plain request to a socket's path with 426", async () => {
      const response = await exchange(plane, "GET", "/ws/echo");
      assert.deepEqual([response.status, response.headers.get("upgrade")], [426, "websocket"]);
    });

    it("answers a plain request to another spelling of the path alike", async () => {
      assert.equal((await exchange(plane, "GET", "/ws/%65cho")).status, 426);
    });

    it("answers another method at a socket's path with 405", async () => {
      const response = await exchange(plane, "POST", "/ws/echo");
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET"]);
    });

    it("answers an upgrade of an unknown path with 404", async () => {
      const { connection, response } = await handshake(plane, "/ws/nothing");
      assert.equal(response.status, 404);
      connection.destroy();
    });

    it("leaves an offer to upgrade to something else aside", async () => {
      const offer = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" };
      for (const [path, status] of [
        ["/exact", 200],
        ["/nothing", 404],
        ["/ws/echo", 426],
      ] as const) {
        assert.equal((await exchange(plane, "GET", path, undefined, offer)).status, status, path);
      }
    });

    it("counts sockets and messages", async () => {
      const before = plane.zones.counters.slice();
      const grown = (name: keyof typeof counter) => count(name) - (before[counter[name]] ?? 0);
      await session("/ws/echo", async (client) => {
        client.sendText("four");
        client.sendBinary(new Uint8Array(6));
        await client.frame();
        await client.frame();
      });
      assert.deepEqual(
        [grown("socketsOpened"), grown("socketsClosed"), grown("socketMessagesIn"), grown("socketMessagesOut")],
        [1, 1, 2, 2],
      );
      assert.deepEqual([grown("socketBytesIn"), grown("socketBytesOut")], [10, 10]);
    });
  });

for (const isBatched of [false, true])
  describe(`websocket over TLS${isBatched ? ", batched" : ""}`, { skip: withoutOpenssl() }, () => {
    it("echoes", async () => {
      const certificate = makeCertificate();
      const { certPem, keyPem } = certificate;
      const plane = await startPlane({ "memory.frame_batch": isBatched }, socketApp, {
        certPem,
        keyPem,
        profile: "intermediate",
      });
      try {
        const client = await openWebSocket({ port: plane.port, ca: certPem }, "/ws/echo");
        client.sendText("over TLS");
        assert.equal((await client.frame()).text, "over TLS");
        client.connection.destroy();
      } finally {
        await plane.drain();
        certificate.remove();
      }
    });
  });

for (const isBatched of [false, true])
  describe(`websocket at the drain${isBatched ? ", batched" : ""}`, () => {
    it("closes open sockets with 1001 and does not call that a cut", async () => {
      const plane = await startPlane({ "memory.frame_batch": isBatched }, socketApp);
      const client = await openWebSocket(plane, "/ws/echo");
      await until("the socket is open", () => plane.zones.sockets.total === 1);
      const drained = plane.drain(15_000);
      const frame = await client.frame();
      assert.deepEqual([frame.opcode, frame.code], [opcode.close, 1001]);
      client.sendClose(1001, "");
      client.connection.destroy();
      assert.deepEqual(await drained, { cut: false });
      assert.equal(plane.zones.sockets.total, 0);
    });

    it("cuts a socket that does not answer the closing handshake", async () => {
      const plane = await startPlane({ "memory.frame_batch": isBatched }, socketApp);
      const client = await openWebSocket(plane, "/ws/echo");
      await until("the socket is open", () => plane.zones.sockets.total === 1);
      await plane.drain(300);
      await client.connection.closed();
      client.connection.destroy();
    });
  });

async function closeCode(client: WebSocketClient): Promise<number> {
  const frame = await client.frame();
  assert.equal(frame.opcode, opcode.close);
  return frame.code;
}
