import assert from "node:assert/strict";
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { precompressFolder } from "../../src/features/static-files/precompress-folder.ts";
import { exchange } from "../fixture/connection.ts";
import type { Plane } from "../fixture/plane.ts";
import { type Folder, startStatic, staticFolder } from "../fixture/static-folder.ts";

const style = "a { color: red }\n".repeat(400);
const script = "export const answer = 42;\n".repeat(8000);

const ways = [
  { way: "held in memory", overrides: {} },
  { way: "read from the disk", overrides: { "static.memory_bytes": 0 } },
  { way: "without a table", overrides: { "static.files_max": 1 } },
] as const;

for (const { way, overrides } of ways) {
  describe(`precompressed files ${way}`, () => {
    let folder: Folder;
    let plane: Plane;
    before(async () => {
      folder = staticFolder({
        "style.css": style,
        "script.js": script,
        "late.js": script,
        "stale.css": style,
        "small.css": "a{}",
        "own.tar.gz": "a file of its own",
        "picture.png": "not really a picture, but long enough to be worth it ".repeat(100),
      });
      precompressFolder(folder.path);
      writeFileSync(join(folder.path, "stale.css"), style.replaceAll("red", "tan"));
      const later = Date.now() / 1000 + 10;
      utimesSync(join(folder.path, "stale.css"), later, later);
      plane = await startStatic(folder, overrides);
    });
    after(async () => {
      await plane.drain();
      folder.remove();
    });

    const get = (path: string, accept?: string, more: Record<string, string> = {}) =>
      exchange(plane, "GET", path, undefined, {
        ...(accept === undefined ? {} : { "accept-encoding": accept }),
        ...more,
      });

    const choices = [
      { accept: undefined, coding: undefined },
      { accept: "", coding: undefined },
      { accept: "identity", coding: undefined },
      { accept: "gzip", coding: "gzip" },
      { accept: "gzip, deflate, br, zstd", coding: "br" },
      { accept: "gzip;q=0.8, br;q=0.2", coding: "gzip" },
      { accept: "br;q=0, gzip;q=0.5", coding: "gzip" },
      { accept: "br;q=0, *", coding: "zstd" },
      { accept: "*;q=0.1", coding: "br" },
      { accept: "identity;q=0.5, gzip;q=0.4", coding: undefined },
      { accept: "deflate", coding: undefined },
    ];
    for (const { accept, coding } of choices) {
      it(`sends ${coding ?? "the file itself"} for Accept-Encoding: ${accept}`, async () => {
        for (const path of ["/style.css", "/script.js"]) {
          const response = await get(path, accept);
          assert.equal(response.status, 200);
          assert.equal(response.headers.get("content-encoding"), coding);
          assert.equal(response.headers.get("vary")?.toLowerCase(), "accept-encoding");
          const original = path === "/style.css" ? style : script;
          if (coding === undefined) assert.equal(response.text, original);
          if (coding === "br") assert.equal(brotliDecompressSync(response.body).toString(), original);
          if (coding === "gzip") assert.equal(gunzipSync(response.body).toString(), original);
          assert.match(response.headers.get("content-type") ?? "", path === "/style.css" ? /^text\/css/ : /javascript/);
        }
      });
    }

    it("says 406 where nothing is acceptable", async () => {
      assert.equal((await get("/style.css", "identity;q=0, deflate")).status, 406);
      assert.equal((await get("/style.css", "*;q=0")).status, 406);
    });

    it("have a tag and ranges of their own", async () => {
      const plain = await get("/style.css");
      const packed = await get("/style.css", "gzip");
      assert.notEqual(plain.headers.get("etag"), packed.headers.get("etag"));
      const etag = packed.headers.get("etag") as string;
      assert.equal((await get("/style.css", "gzip", { "if-none-match": etag })).status, 304);
      assert.equal((await get("/style.css", undefined, { "if-none-match": etag })).status, 200);
      const part = await get("/style.css", "gzip", { range: "bytes=0-9" });
      assert.equal(part.status, 206);
      assert.deepEqual(part.body, packed.body.subarray(0, 10));
      assert.equal(part.headers.get("content-range"), `bytes 0-9/${packed.body.length}`);
    });

    it("are not used when they are older than their file, and not made where they save nothing", async () => {
      for (const path of way === "held in memory" ? ["/small.css", "/picture.png"] : ["/stale.css", "/picture.png"]) {
        const response = await get(path, "br, gzip, zstd");
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("content-encoding"), undefined, path);
      }
      const { body, headers } = await get("/stale.css", "br");
      const text = headers.has("content-encoding")
        ? brotliDecompressSync(body).toString()
        : new TextDecoder().decode(body);
      assert.equal(text.includes("tan"), true);
    });

    it("have no name of their own, unless they are files of their own", async () => {
      for (const path of ["/style.css.br", "/style.css.gz", "/style.css.zst", "/stale.css.gz"]) {
        assert.equal((await get(path)).status, 404, path);
      }
      const own = await get("/own.tar.gz", "gzip");
      assert.equal(own.text, "a file of its own");
      assert.equal(own.headers.get("content-type"), "application/gzip");
      assert.equal(own.headers.get("content-encoding"), undefined);
    });

    it("stand back when they are gone", async () => {
      rmSync(join(folder.path, "late.js.br"));
      const response = await get("/late.js", "br");
      assert.equal(response.status, 200);
      assert.equal(response.text, script);
    });
  });
}

describe("small files without siblings", () => {
  const noise = crypto.getRandomValues(new Uint8Array(4000));
  let folder: Folder;
  let plane: Plane;
  before(async () => {
    folder = staticFolder({
      "style.css": style,
      "tiny.css": "a{}",
      "picture.png": noise,
      "noise.txt": noise,
      "big.js": script,
    });
    plane = await startStatic(folder);
  });
  after(async () => {
    await plane.drain();
    folder.remove();
  });

  const get = (path: string, accept: string, more: Record<string, string> = {}) =>
    exchange(plane, "GET", path, undefined, { "accept-encoding": accept, ...more });

  it("are compressed once they are in memory", async () => {
    for (let round = 0; round < 2; round += 1) {
      const br = await get("/style.css", "gzip, br");
      assert.equal(br.headers.get("content-encoding"), "br");
      assert.equal(brotliDecompressSync(br.body).toString(), style);
      const gzip = await get("/style.css", "gzip, zstd");
      assert.equal(gzip.headers.get("content-encoding"), "gzip");
      assert.equal(gunzipSync(gzip.body).toString(), style);
      const plain = await get("/style.css", "identity");
      assert.equal(plain.text, style);
      assert.equal(new Set([br, gzip, plain].map(({ headers }) => headers.get("etag"))).size, 3);
      for (const { headers } of [br, gzip, plain]) assert.equal(headers.get("vary"), "accept-encoding");
    }
  });

  it("have ranges, tags and lengths of that form", async () => {
    const whole = await get("/style.css", "gzip");
    const etag = whole.headers.get("etag") as string;
    const part = await get("/style.css", "gzip", { range: "bytes=-8", "if-range": etag });
    assert.equal(part.status, 206);
    assert.deepEqual(part.body, whole.body.subarray(-8));
    assert.equal((await get("/style.css", "gzip", { "if-none-match": etag })).status, 304);
    const head = await exchange(plane, "HEAD", "/style.css", undefined, { "accept-encoding": "gzip" });
    assert.equal(head.headers.get("content-length"), String(whole.body.length));
    assert.equal(head.headers.get("content-encoding"), "gzip");
  });

  it("are sent as they are where that saves nothing, and large ones always", async () => {
    for (const path of ["/tiny.css", "/picture.png", "/noise.txt", "/big.js"]) {
      const response = await get(path, "br, gzip");
      assert.equal(response.headers.get("content-encoding"), undefined, path);
      assert.equal(response.status, 200);
    }
    assert.deepEqual((await get("/noise.txt", "gzip")).body, noise);
  });

  it("are sent as they are when they changed since the scan", async () => {
    folder.write("late.css", style);
    await plane.reload();
    folder.write("late.css", style.replaceAll("red", "tan"));
    const response = await get("/late.css", "gzip");
    assert.equal(response.headers.get("content-encoding"), undefined);
    assert.equal(response.text, style.replaceAll("red", "tan"));
    assert.equal(response.headers.get("etag")?.startsWith("W/"), true);
  });
});
