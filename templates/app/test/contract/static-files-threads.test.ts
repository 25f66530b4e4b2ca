import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sumRows } from "../../src/zones/zones.ts";
import { exchange } from "../fixture/connection.ts";
import { type Folder, pattern, startStatic, staticFolder, staticOverrides } from "../fixture/static-folder.ts";
import { startFixtureThreads, type Threads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";

const big = pattern(200_000);

/** Workers have what the feature asked for and nothing else: on Deno, to read this one folder. */
for (const { way, overrides } of [
  { way: "with a table", overrides: {} },
  { way: "without a table", overrides: { "static.files_max": 1 } },
] as const) {
  describe(`static files in worker threads ${way}`, () => {
    let folder: Folder;
    let threads: Threads;
    before(async () => {
      folder = staticFolder({ "small.txt": "small", "big.bin": big, "sub/index.html": "sub" });
      threads = await startFixtureThreads(2, { ...staticOverrides(folder), "static.prefix": "/assets/", ...overrides });
    });
    after(async () => {
      await threads.drain();
      folder.remove();
    });

    it("are read by every worker", async () => {
      const used = () => threads.zones.every((zone) => sumRows([zone.counters]).some((value) => value > 0));
      await until("every worker has answered", async () => {
        assert.equal((await exchange(threads, "GET", "/assets/small.txt")).text, "small");
        assert.deepEqual((await exchange(threads, "GET", "/assets/big.bin")).body, big);
        assert.equal((await exchange(threads, "GET", "/assets/sub/")).text, "sub");
        assert.equal((await exchange(threads, "GET", "/assets/sub")).headers.get("location"), "/assets/sub/");
        assert.equal((await exchange(threads, "GET", "/small.txt")).status, 404);
        return used();
      });
    });

    it("are found anew by every worker after a reload", async () => {
      folder.write("new.txt", "new");
      threads.planes.reload(await threads.controls.reload());
      for (let round = 0; round < 20; round += 1) {
        await until(
          "the worker has the file",
          async () => (await exchange(threads, "GET", "/assets/new.txt")).status === 200,
        );
      }
    });
  });
}

describe("the feature static-files", () => {
  it("counts requests by result, and bytes", async () => {
    const folder = staticFolder({ "small.txt": "0123456789", "big.bin": big });
    const plane = await startStatic(folder);
    const etag = (await exchange(plane, "GET", "/small.txt")).headers.get("etag") as string;
    for (const headers of [{ "if-none-match": etag }, { range: "bytes=0-3" }, { range: "bytes=99-" }] as const) {
      await exchange(plane, "GET", "/small.txt", undefined, headers as Record<string, string>);
    }
    await exchange(plane, "GET", "/big.bin");
    await exchange(plane, "HEAD", "/big.bin");
    await exchange(plane, "GET", "/nothing");
    const lines = plane.controls
      .metrics()
      .split("\n")
      .filter((line) => line.startsWith("fastserve_static"));
    assert.deepEqual(lines, [
      'fastserve_static_requests_total{result="memory"} 1',
      'fastserve_static_requests_total{result="file"} 2',
      'fastserve_static_requests_total{result="range"} 1',
      'fastserve_static_requests_total{result="not_modified"} 1',
      'fastserve_static_requests_total{result="refused"} 1',
      'fastserve_static_requests_total{result="missing"} 1',
      "fastserve_static_bytes_total 200014",
    ]);
    await plane.drain();
    folder.remove();
  });

  it("reads the folder anew when it changes, in development", async () => {
    const folder = staticFolder({ "page.txt": "before" });
    const plane = await startStatic(folder, { "static.watch": true });
    assert.equal((await exchange(plane, "GET", "/page.txt")).text, "before");
    folder.write("page.txt", "after");
    await until("the file is new", async () => (await exchange(plane, "GET", "/page.txt")).text === "after");
    folder.write("deep/er/page.txt", "deep");
    await until(
      "the new folder is there",
      async () => (await exchange(plane, "GET", "/deep/er/page.txt")).text === "deep",
    );
    await plane.drain();
    folder.remove();
  });

  it("serves nothing with the schema's defaults", async () => {
    const folder = staticFolder({ "page.txt": "page" });
    const plane = await startStatic(folder, { "static.files_max": 0 });
    assert.equal((await exchange(plane, "GET", "/page.txt")).status, 404);
    await plane.drain();
    folder.remove();
  });

  it("refuses to start without its folder, and says what to do", async () => {
    const folder = staticFolder();
    folder.remove();
    await assert.rejects(
      startStatic(folder),
      /static\.root = ".*" cannot be read: .*; make the folder, or set static\.files_max to 0/,
    );
  });

  it("keeps what it had when the folder is gone at a reload", async () => {
    const folder = staticFolder({ "page.txt": "page" });
    const plane = await startStatic(folder);
    assert.equal((await exchange(plane, "GET", "/page.txt")).text, "page");
    folder.remove();
    await assert.rejects(plane.reload(), /static\.root/);
    assert.equal((await exchange(plane, "GET", "/page.txt")).text, "page");
    await plane.drain();
  });
});
