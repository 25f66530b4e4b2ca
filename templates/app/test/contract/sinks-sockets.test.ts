/** When `socket.send` is done with a view: the capability `socketCopies` says where it may be used again right after. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { adapter, has } from "../fixture/capability.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { open, socketApp } from "../fixture/sockets.ts";
import { until } from "../fixture/until.ts";
import { openWebSocket, type WebSocketClient } from "../fixture/websocket-client.ts";

const SCRIBBLE = 255;
const MESSAGE_BYTES = 65_536;

for (const isBatched of [false, true]) {
  describe(`socket.send(view), frames ${isBatched ? "of a turn together" : "alone"}`, () => {
    let plane: Plane;
    before(async () => {
      plane = await startPlane(
        { "websocket.unsent_bytes_max": 268_435_456, "memory.frame_batch": isBatched, "memory.debug": isBatched },
        socketApp,
      );
    });
    after(() => plane.drain());

    async function session(use: (client: WebSocketClient) => Promise<void>): Promise<void> {
      const client = await openWebSocket(plane, "/ws/told");
      try {
        assert.equal((await client.frame()).text, "welcome");
        await use(client);
      } finally {
        client.connection.destroy();
        await until("the socket is closed", () => plane.zones.sockets.total === 0);
      }
    }

    /** Sends the message `number` in a view that is scribbled over at once. */
    function sendAndScribble(number: number, bytes: number): void {
      const [socket] = open;
      assert.ok(socket);
      const buffer = new Uint8Array(bytes + 2).fill(number % 250);
      socket.send(buffer.subarray(1, bytes + 1));
      buffer.fill(SCRIBBLE);
    }

    for (const bytes of [1, 125, 4000, MESSAGE_BYTES]) {
      it(`${bytes} bytes reach a receiver that keeps up as they were`, async () => {
        await session(async (client) => {
          for (let number = 1; number <= 5; number += 1) sendAndScribble(number, bytes);
          for (let number = 1; number <= 5; number += 1) {
            assert.deepEqual((await client.frame()).payload, new Uint8Array(bytes).fill(number));
          }
        });
      });
    }

    it(`what waits for a slow receiver is ${copies(isBatched) ? "a copy" : "the view itself"}`, async () => {
      await session(async (client) => {
        const [socket] = open;
        assert.ok(socket);
        client.connection.pause();
        let sent = 0;
        // The kernel's buffers take some megabytes before anything waits here.
        await until("messages wait", () => {
          for (let burst = 0; burst < 8; burst += 1) {
            sent += 1;
            sendAndScribble(sent, MESSAGE_BYTES);
          }
          return socket.unsentBytes() > 8 * MESSAGE_BYTES;
        });
        client.connection.resume();
        let scribbled = 0;
        for (let number = 1; number <= sent; number += 1) {
          const { payload } = await client.frame();
          assert.equal(payload.length, MESSAGE_BYTES);
          if (payload.some((byte) => byte !== number % 250)) scribbled += 1;
        }
        assert.equal(scribbled === 0, copies(isBatched), `${scribbled} of ${sent} messages were scribbled over`);
      });
    });
  });
}

/** Batched frames are copies on every adapter that batches. */
function copies(isBatched: boolean): boolean {
  return has("socketCopies") || (isBatched && adapter === "deno-http");
}
