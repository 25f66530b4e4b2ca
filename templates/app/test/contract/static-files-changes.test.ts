import assert from "node:assert/strict";
import { readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import type { Plane } from "../fixture/plane.ts";
import { type Folder, pattern, startStatic, staticFolder } from "../fixture/static-folder.ts";
import { until } from "../fixture/until.ts";

for (const isPooled of [false, true])
  describe(`static files that change, ${isPooled ? "pooled" : "fresh"} buffers`, () => {
    let folder: Folder;
    let outside: Folder;
    let plane: Plane;
    before(async () => {
      outside = staticFolder({ "passwd.txt": "secret" });
      folder = staticFolder({
        "small.txt": "small",
        "rewritten.bin": pattern(100_000),
        "replaced.bin": pattern(100_000),
        "gone.bin": pattern(100_000),
        "linked.bin": pattern(100_000),
        "late.txt": "late",
        "unread.txt": "early",
        "deep/er/file.txt": "deep",
        "sent.bin": pattern(40_000_000),
        "streamed.bin": pattern(20_000_000),
        "real/file.txt": "real",
      });
      symlinkSync(join(outside.path, "passwd.txt"), join(folder.path, "escape.txt"));
      symlinkSync(outside.path, join(folder.path, "escape"));
      symlinkSync("/proc/self", join(folder.path, "process"));
      symlinkSync("file.txt", join(folder.path, "real", "link.txt"));
      symlinkSync("real", join(folder.path, "folder"));
      symlinkSync("..", join(folder.path, "real", "loop"));
      symlinkSync("..", join(folder.path, "deep", "er", "loop"));
      symlinkSync(folder.path, join(folder.path, "deep", "root"));
      symlinkSync("nowhere", join(folder.path, "broken.txt"));
      // Bun notices that a file became shorter only by its idle timeout.
      plane = await startStatic(folder, {
        "timeouts.idle_ms": 1000,
        "memory.file_pool": isPooled,
        "memory.debug": isPooled,
      });
    });
    after(async () => {
      await plane.drain();
      folder.remove();
      outside.remove();
    });

    const get = (path: string, headers: Record<string, string> = {}) =>
      exchange(plane, "GET", path, undefined, headers);

    it("are sent with their own length and tag once they were rewritten", async () => {
      const { headers } = await get("/rewritten.bin");
      folder.write("rewritten.bin", pattern(70_000));
      const response = await get("/rewritten.bin");
      assert.equal(response.status, 200);
      assert.equal(response.body.length, 70_000);
      assert.notEqual(response.headers.get("etag"), headers.get("etag"));
      assert.equal(response.headers.get("etag")?.startsWith("W/"), true);
      const part = await get("/rewritten.bin", { range: "bytes=0-9", "if-range": headers.get("etag") as string });
      assert.equal(part.status, 200);
      assert.equal(part.body.length, 70_000);
    });

    it("of the same size count as changed", async () => {
      const { headers } = await get("/replaced.bin");
      const other = pattern(100_000).reverse();
      folder.write("other.bin", other);
      renameSync(join(folder.path, "other.bin"), join(folder.path, "replaced.bin"));
      const response = await get("/replaced.bin", { "if-none-match": headers.get("etag") as string });
      assert.equal(response.status, 200);
      assert.deepEqual(response.body, other);
    });

    it("are missing once they are gone, or a link has taken their place", async () => {
      rmSync(join(folder.path, "gone.bin"));
      assert.equal((await get("/gone.bin")).status, 404);
      assert.equal((await exchange(plane, "HEAD", "/gone.bin")).status, 404);
      rmSync(join(folder.path, "linked.bin"));
      symlinkSync(join(outside.path, "passwd.txt"), join(folder.path, "linked.bin"));
      assert.equal((await get("/linked.bin")).status, 404);
    });

    it("before they were first read are sent under a weak tag and their own date", async () => {
      folder.write("unread.txt", "later");
      utimesSync(join(folder.path, "unread.txt"), 784_111_777, 784_111_777);
      const response = await get("/unread.txt");
      assert.equal(response.text, "later");
      assert.equal(response.headers.get("etag")?.startsWith("W/"), true);
      assert.equal(response.headers.get("last-modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    });

    it("in memory stay as they were until the reload", async () => {
      assert.equal((await get("/late.txt")).text, "late");
      folder.write("late.txt", "later");
      folder.write("new.txt", "new");
      assert.equal((await get("/late.txt")).text, "late");
      assert.equal((await get("/new.txt")).status, 404);
      await plane.reload();
      assert.equal((await get("/late.txt")).text, "later");
      assert.equal((await get("/new.txt")).text, "new");
    });

    it("through links are served within the folder only", async () => {
      const lazy = await startStatic(folder, { "static.files_max": 1 });
      for (const { port } of [plane, lazy]) {
        for (const path of [
          "/escape.txt",
          "/escape/passwd.txt",
          "/process/environ",
          "/broken.txt",
          "/deep/root/small.txt/",
        ]) {
          assert.equal((await exchange({ port }, "GET", path)).status, 404, path);
        }
        assert.equal((await exchange({ port }, "GET", "/real/link.txt")).text, "real");
        assert.equal((await exchange({ port }, "GET", "/folder/file.txt")).text, "real");
      }
      // A loop of links has endlessly many names; the table knows none of them.
      for (const path of ["/real/loop/small.txt", "/deep/er/loop/er/file.txt", "/deep/root/small.txt"]) {
        assert.equal((await get(path)).status, 404, path);
      }
      assert.equal((await get("/deep/er/file.txt")).text, "deep");
      await lazy.drain();
    });

    it("are given their strong tag again at once after a reload, when they did not change", async () => {
      const tag = async () => (await exchange(plane, "HEAD", "/sent.bin")).headers.get("etag");
      const strong = await until("the tag is strong", async () => ((await tag())?.startsWith('"') ? tag() : undefined));
      await plane.reload();
      assert.equal(await tag(), strong);
    });

    it("break off a streamed response when they are rewritten with the same length", async () => {
      const connection = await connect(plane);
      // Several ranges are streamed on every runtime.
      connection.send(requestText("GET", "/streamed.bin", { range: "bytes=0-9999999,10001000-19999999" }));
      await until("the response has begun", () => connection.receivedBytes > 1000);
      connection.pause();
      folder.write("streamed.bin", pattern(20_000_000).fill(1));
      connection.resume();
      await assert.rejects(connection.response(), /the connection closed before/);
      connection.destroy();
    });

    it("break off a response that is being sent", { timeout: 30_000 }, async () => {
      const connection = await connect(plane);
      connection.send(requestText("GET", "/sent.bin"));
      await until("the response has begun", () => connection.receivedBytes > 1000);
      connection.pause();
      folder.write("sent.bin", pattern(1000));
      connection.resume();
      await assert.rejects(connection.response(), /the connection closed before/);
      connection.destroy();
      assert.equal((await get("/small.txt")).text, "small");
    });

    it("are closed when the client leaves", { skip: process.platform !== "linux" && "needs /proc" }, async () => {
      folder.write("left.bin", pattern(30_000_000));
      await plane.reload();
      const open = () =>
        readdirSync("/proc/self/fd").filter((fd) => {
          try {
            return readlinkSync(`/proc/self/fd/${fd}`).endsWith("left.bin");
          } catch {
            return false;
          }
        }).length;
      // Whole, by the kernel where it can; several ranges as a stream.
      for (const headers of [{}, { range: "bytes=0-9999999,10001000-29999999" }]) {
        // The digest is made in the background.
        await until("nobody reads the file", () => open() === 0);
        const connections = await Promise.all(Array.from({ length: 5 }, () => connect(plane)));
        for (const connection of connections) {
          connection.pause();
          connection.send(requestText("GET", "/left.bin", headers));
        }
        await until("all are being sent", () => open() >= 5);
        for (const connection of connections) connection.destroy();
        await until("all are closed", () => open() === 0);
      }
    });

    it("keep their date", async () => {
      utimesSync(join(folder.path, "small.txt"), 784_111_777, 784_111_777);
      await plane.reload();
      assert.equal((await get("/small.txt")).headers.get("last-modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    });
  });
