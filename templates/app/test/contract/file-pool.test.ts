/** Files read into buffers that are used again: whatever clients do, each gets its own file, and every buffer comes back. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readUse, type UseReading } from "../../src/memory/memory-books.ts";
import { booksAt } from "../../src/zones/memory-row.ts";
import { beatAt } from "../../src/zones/zones.ts";
import { without } from "../fixture/capability.ts";
import { type Connection, connect, exchange, requestText } from "../fixture/connection.ts";
import type { Plane } from "../fixture/plane.ts";
import { type Folder, startStatic, staticFolder } from "../fixture/static-folder.ts";
import { until } from "../fixture/until.ts";

const CHUNK_BYTES = 65_536;
const CHUNKS_MAX = 2;
/** More than the kernel's buffers take: whoever does not read it holds its buffer. */
const LARGE_BYTES = 20_000_000;

const files = Array.from({ length: 6 }, (_, number) => ({
  name: `file-${number}.bin`,
  bytes: new Uint8Array(100_000 + 70_000 * number).fill(number + 1),
}));

for (const isPooled of [false, true]) {
  describe(`files sent at once, ${isPooled ? "pooled" : "fresh"} buffers`, () => {
    let folder: Folder;
    let plane: Plane;
    before(async () => {
      folder = staticFolder({
        ...Object.fromEntries(files.map(({ name, bytes }) => [name, bytes])),
        "large.bin": new Uint8Array(LARGE_BYTES).fill(99),
        "rewritten.bin": new Uint8Array(LARGE_BYTES).fill(98),
      });
      // Debug mode fills what is given back with a pattern: a client that still gets it would see that.
      plane = await startStatic(folder, {
        "timeouts.idle_ms": 1000,
        "memory.file_pool": isPooled,
        "memory.file_chunks_max": CHUNKS_MAX,
        "memory.debug": true,
      });
    });
    after(async () => {
      await plane.drain();
      folder.remove();
    });

    const book = (): UseReading => readUse(plane.zones.memory, booksAt, "file");
    const allBack = async () => {
      await nextBeat();
      await until("all buffers are back", () => book().usedBytes === 0);
    };

    async function eachGetsItsOwn(): Promise<void> {
      await Promise.all(
        files.map(async ({ name, bytes }) => {
          const connection = await connect(plane);
          for (let round = 0; round < 3; round += 1) {
            connection.send(requestText("GET", `/${name}`));
            const response = await connection.response();
            assert.ok(
              response.body.every((byte) => byte === bytes[0]),
              `${name} has another file's bytes`,
            );
            assert.equal(response.body.length, bytes.length);
          }
          connection.destroy();
        }),
      );
    }

    /** Clients that have begun to get a large file and do not read it. */
    async function stalled(path: string, count: number): Promise<readonly Connection[]> {
      const connections = await Promise.all(Array.from({ length: count }, () => connect(plane)));
      for (const connection of connections) {
        connection.send(requestText("GET", path, { range: `bytes=0-${LARGE_BYTES - 2}` }));
        await until("the answer has begun", () => connection.receivedBytes > 0);
        connection.pause();
      }
      return connections;
    }

    it("each client gets its own file", async () => {
      await eachGetsItsOwn();
      await allBack();
    });

    it("clients that leave in the middle take nothing along and leave nothing behind", async () => {
      for (let round = 0; round < 3; round += 1) {
        const connections = await stalled("/large.bin", 4);
        for (const connection of connections) connection.destroy();
        await eachGetsItsOwn();
      }
      await allBack();
    });

    it("clients that stop reading are cut, and their buffers are back", async () => {
      const connections = await stalled("/large.bin", 3);
      await allBack();
      for (const connection of connections) connection.destroy();
      await eachGetsItsOwn();
    });

    it("a file that is rewritten meanwhile ends its own answer only", async () => {
      const [connection] = await stalled("/rewritten.bin", 1);
      folder.write("rewritten.bin", new Uint8Array(1000));
      connection?.resume();
      await assert.rejects(async () => connection?.response(), /the connection closed before|not a status line/);
      connection?.destroy();
      await eachGetsItsOwn();
      await allBack();
    });

    it("HEAD and conditional requests take no buffer", async () => {
      await until("the tag is strong", async () => (await head()).headers.get("etag")?.startsWith('"'));
      await allBack();
      const before = book().taken;
      const etag = (await head()).headers.get("etag") as string;
      const same = await exchange(plane, "GET", "/file-1.bin", undefined, { "if-none-match": etag });
      assert.equal(same.status, 304);
      await nextBeat();
      assert.equal(book().taken, before);
    });

    it("the books tell what is kept", { skip: without("filePool") }, async () => {
      await eachGetsItsOwn();
      await allBack();
      const { heldBytes, highBytes, taken } = book();
      if (!isPooled) {
        assert.deepEqual([heldBytes, highBytes, taken], [0, 0, 0]);
        return;
      }
      assert.ok(taken >= 18, `${taken} taken`);
      assert.ok(heldBytes <= CHUNKS_MAX * CHUNK_BYTES, `${heldBytes} bytes held`);
      assert.ok(highBytes >= CHUNK_BYTES && highBytes % CHUNK_BYTES === 0, `${highBytes} bytes at most`);
    });

    const head = () => exchange(plane, "HEAD", "/file-1.bin");

    /** The books are as of a beat that began after this call. */
    async function nextBeat(): Promise<void> {
      for (let beat = 0; beat < 2; beat += 1) {
        const seen = plane.zones.beat[beatAt];
        await until("the worker beats", () => plane.zones.beat[beatAt] !== seen);
      }
    }
  });
}
