/** Messages of one turn: what a client gets is the same whether they leave together or alone. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readUse } from "../../src/memory/memory-books.ts";
import type { Socket } from "../../src/runtime/port.ts";
import { booksAt } from "../../src/zones/memory-row.ts";
import { without } from "../fixture/capability.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { ended, open, socketApp } from "../fixture/sockets.ts";
import { until } from "../fixture/until.ts";
import { opcode, openWebSocket, type WebSocketClient } from "../fixture/websocket-client.ts";

/** Less than a turn's messages here have. */
const UNSENT_BYTES_MAX = 4096;
/** Where frames are made in native code, all messages of a turn count as unsent until its end. */
const needsOwnFrames = without("frameBatch");

for (const isBatched of [false, true]) {
  describe(`messages of one turn, ${isBatched ? "together" : "alone"}`, () => {
    let plane: Plane;
    before(async () => {
      plane = await startPlane(
        {
          "websocket.unsent_bytes_max": needsOwnFrames ? 262_144 : UNSENT_BYTES_MAX,
          "memory.frame_batch": isBatched,
          "memory.debug": isBatched,
        },
        socketApp,
      );
    });
    after(() => plane.drain());

    /** Clients with the sockets that the server has for them. */
    async function session(
      count: number,
      use: (clients: readonly WebSocketClient[], sockets: readonly Socket[]) => Promise<void>,
    ): Promise<void> {
      const clients: WebSocketClient[] = [];
      try {
        for (let opened = 0; opened < count; opened += 1) {
          const client = await openWebSocket(plane, "/ws/told");
          clients.push(client);
          assert.equal((await client.frame()).text, "welcome");
        }
        await use(clients, [...open]);
      } finally {
        for (const client of clients) client.connection.destroy();
        await until("all are closed", () => plane.zones.sockets.total === 0);
      }
    }

    it("arrive in their order, each as a message of its own", async () => {
      const messages = [
        "one",
        "",
        "\u20ac".repeat(2000),
        Uint8Array.of(1, 2, 3),
        new Uint8Array(0),
        "x".repeat(20_000),
      ];
      await session(1, async ([client], [socket]) => {
        for (let round = 0; round < 3; round += 1) for (const message of messages) socket?.send(message);
        for (let round = 0; round < 3; round += 1) {
          for (const message of messages) {
            const frame = await client?.frame();
            if (typeof message === "string") assert.deepEqual([frame?.opcode, frame?.text], [opcode.text, message]);
            else assert.deepEqual([frame?.opcode, frame?.payload], [opcode.binary, message]);
          }
        }
      });
    });

    it("reach every receiver of a broadcast", async () => {
      await session(5, async (clients, sockets) => {
        for (let number = 0; number < 20; number += 1) {
          const bytes = new Uint8Array(100).fill(number);
          for (const socket of sockets) assert.equal(socket.send(bytes), needsOwnFrames ? "queued" : "sent");
          bytes.fill(255);
        }
        for (const client of clients) {
          for (let number = 0; number < 20; number += 1) {
            assert.deepEqual((await client.frame()).payload, new Uint8Array(100).fill(number));
          }
        }
      });
    });

    it("all go before the close that follows them, with its code", async () => {
      ended.length = 0;
      await session(1, async ([client], [socket]) => {
        socket?.send("one");
        socket?.send("two");
        socket?.close(4010, "enough");
        assert.equal(socket?.send("three"), "dropped");
        assert.deepEqual([(await client?.frame())?.text, (await client?.frame())?.text], ["one", "two"]);
        const frame = await client?.frame();
        assert.deepEqual([frame?.opcode, frame?.code, frame?.text], [opcode.close, 4010, "enough"]);
        client?.sendClose(4010, "");
        await until("the handler is told", () => ended.length === 1);
      });
    });

    it("of more bytes than may stay unsent reach a receiver that reads", { skip: needsOwnFrames }, async () => {
      await session(1, async ([client], [socket]) => {
        for (let number = 0; number < 200; number += 1) {
          assert.notEqual(socket?.send(`${number}`.padStart(100, "m")), "dropped", `message ${number}`);
        }
        for (let number = 0; number < 200; number += 1) {
          assert.equal((await client?.frame())?.text, `${number}`.padStart(100, "m"));
        }
        assert.equal(socket?.unsentBytes(), 0);
      });
    });

    it("end a receiver that does not read at its limit of unsent bytes, as single ones do", {
      skip: needsOwnFrames,
    }, async () => {
      await session(1, async ([client], [socket]) => {
        client?.connection.pause();
        const message = "m".repeat(1000);
        await until("a message is dropped", () => {
          for (let burst = 0; burst < 200; burst += 1) if (socket?.send(message) === "dropped") return true;
          assert.ok((socket?.unsentBytes() ?? 0) <= UNSENT_BYTES_MAX + 2000, `${socket?.unsentBytes()} bytes wait`);
          return false;
        });
      });
      assert.equal(open.size, 0);
    });

    it("are written before the server drains", async () => {
      const own = await startPlane({ "memory.frame_batch": isBatched }, socketApp);
      const client = await openWebSocket(own, "/ws/told");
      assert.equal((await client.frame()).text, "welcome");
      const [socket] = open;
      socket?.send("last");
      socket?.send("words");
      const drained = own.drain();
      assert.deepEqual([(await client.frame()).text, (await client.frame()).text], ["last", "words"]);
      assert.equal((await client.frame()).code, 1001);
      client.sendClose(1001, "");
      client.connection.destroy();
      await drained;
    });

    it("are in the books", { skip: needsOwnFrames }, async () => {
      const book = () => readUse(plane.zones.memory, booksAt, "frame");
      const before = book().taken;
      await session(1, async ([client], [socket]) => {
        for (let number = 0; number < 8; number += 1) socket?.send("m".repeat(100));
        for (let number = 0; number < 8; number += 1) await client?.frame();
        if (!isBatched) return;
        await until("they are counted", () => book().taken >= before + 8);
        // Eight frames of 102 bytes, or their payloads, waited at once.
        assert.ok(book().highBytes >= 800, `${book().highBytes} bytes at most`);
      });
      await until("nothing waits", () => book().usedBytes === 0);
      if (!isBatched) assert.equal(book().taken, 0);
    });
  });
}
