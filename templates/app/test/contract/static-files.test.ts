import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { has } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import type { Plane } from "../fixture/plane.ts";
import { type Folder, pattern, startStatic, staticFolder } from "../fixture/static-folder.ts";
import { until } from "../fixture/until.ts";

const big = pattern(300_000);

/** Held in memory, read from a file, and looked up without a table: the same answers. */
const ways = [
  { way: "held in memory", overrides: {} },
  { way: "read from the disk", overrides: { "static.memory_bytes": 0 } },
  {
    way: "read into pooled buffers",
    overrides: { "static.memory_bytes": 0, "memory.file_pool": true, "memory.debug": true },
  },
  { way: "without a table", overrides: { "static.files_max": 1 } },
] as const;

for (const { way, overrides } of ways) {
  describe(`static files ${way}`, () => {
    let folder: Folder;
    let plane: Plane;
    before(async () => {
      folder = staticFolder({
        "index.html": "<h1>home</h1>",
        "small.txt": "0123456789",
        "umlaut.txt": "äöü",
        "empty.txt": "",
        "big.bin": big,
        "docs/index.html": "docs",
        "a folder/ä b.css": "a{}",
        ".secret": "secret",
        ".well-known/security.txt": "Contact: mailto:a@example.org",
        ".git/config": "secret",
      });
      plane = await startStatic(folder, overrides);
      if (way === "without a table") return;
      // Large files get their strong tags in the background.
      for (const path of ["/small.txt", "/?query=1", "/big.bin"]) {
        await until("the tag is strong", async () =>
          (await exchange(plane, "HEAD", path)).headers.get("etag")?.startsWith('"'),
        );
      }
    });
    after(async () => {
      await plane.drain();
      folder.remove();
    });

    const served = [
      { path: "/", type: "text/html; charset=utf-8", text: "<h1>home</h1>" },
      { path: "/?query=1", type: "text/html; charset=utf-8", text: "<h1>home</h1>" },
      { path: "/index.html", type: "text/html; charset=utf-8", text: "<h1>home</h1>" },
      { path: "/docs/", type: "text/html; charset=utf-8", text: "docs" },
      { path: "/small.txt", type: "text/plain; charset=utf-8", text: "0123456789" },
      { path: "/%73mall.txt", type: "text/plain; charset=utf-8", text: "0123456789" },
      { path: "/umlaut.txt", type: "text/plain; charset=utf-8", text: "äöü" },
      { path: "/empty.txt", type: "text/plain; charset=utf-8", text: "" },
      { path: "/a%20folder/%C3%A4%20b.css", type: "text/css; charset=utf-8", text: "a{}" },
      { path: "/.well-known/security.txt", type: "text/plain; charset=utf-8", text: "Contact: mailto:a@example.org" },
    ];
    for (const { path, type, text } of served) {
      it(`answers ${path} with the file`, async () => {
        const response = await exchange(plane, "GET", path);
        assert.equal(response.status, 200);
        assert.equal(response.text, text);
        assert.equal(response.headers.get("content-type"), type);
        assert.equal(response.headers.get("content-length"), String(response.body.length));
        assert.equal(response.headers.get("accept-ranges"), "bytes");
        assert.equal(response.headers.get("cache-control"), "no-cache");
        assert.equal(response.headers.get("vary"), undefined);
        const head = await exchange(plane, "HEAD", path);
        assert.equal(head.status, 200);
        for (const name of ["content-type", "content-length", "etag", "last-modified", "cache-control"]) {
          assert.equal(head.headers.get(name), response.headers.get(name), name);
        }
      });
    }

    it("answers a large file whole, with its length", async () => {
      const response = await exchange(plane, "GET", "/big.bin");
      assert.equal(response.headers.get("content-length"), "300000");
      assert.equal(response.headers.get("content-type"), "application/octet-stream");
      assert.deepEqual(response.body, big);
    });

    const missing = [
      "/nothing",
      "/docs/nothing",
      "/.secret",
      "/.git/config",
      "/small.txt/",
      "/small.txt/x",
      "//small.txt",
      "/docs//index.html",
      "/docs/..%2fsmall.txt",
      "/docs%2findex.html",
      "/docs%5cindex.html",
      "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2f..%2fetc%2fpasswd",
      "/..%5c..%5cetc%5cpasswd",
      "/../../../../etc/passwd",
      "/small.txt%00",
      "/small.txt%00.html",
      "/%00",
      "/a%0afolder",
      "/Small.txt",
    ];
    for (const path of missing) {
      it(`does not know ${path}`, async () => {
        assert.equal((await exchange(plane, "GET", path)).status, 404);
      });
    }

    for (const path of ["/%ff", "/%", "/%zz", "/a%c0%afb"]) {
      it(`refuses the malformed ${path}`, async () => {
        assert.ok([400, 404].includes((await exchange(plane, "GET", path)).status));
      });
    }

    it("sends a folder's name on to the one with a slash", async () => {
      const response = await exchange(plane, "GET", "/docs?a=1&b=/");
      assert.equal(response.status, 308);
      assert.equal(response.headers.get("location"), "/docs/?a=1&b=/");
      assert.equal((await exchange(plane, "GET", "//docs")).status, 404);
    });

    it("allows GET, HEAD and OPTIONS only, and only where there is a file", async () => {
      for (const path of ["/small.txt", "/big.bin"]) {
        const refused = await exchange(plane, "POST", path, "x");
        assert.equal(refused.status, 405);
        assert.equal(refused.headers.get("allow"), "GET, HEAD, OPTIONS");
        const options = await exchange(plane, "OPTIONS", path);
        assert.equal(options.status, 204);
        assert.equal(options.headers.get("allow"), "GET, HEAD, OPTIONS");
      }
      assert.equal((await exchange(plane, "POST", "/nothing", "x")).status, 404);
      assert.equal((await exchange(plane, "DELETE", "/docs/")).status, 405);
    });

    for (const path of ["/small.txt", "/big.bin"]) {
      it(`says that ${path} has not changed`, async () => {
        const { headers } = await exchange(plane, "GET", path);
        const etag = headers.get("etag") as string;
        const modified = headers.get("last-modified") as string;
        for (const fields of [
          { "if-none-match": etag },
          { "if-none-match": `"other", ${etag}` },
          { "if-none-match": `W/${etag.replace("W/", "")}` },
          { "if-none-match": "*" },
          { "if-modified-since": modified },
        ]) {
          const response = await exchange(plane, "GET", path, undefined, fields as Record<string, string>);
          assert.equal(response.status, 304, JSON.stringify(fields));
          assert.equal(response.headers.get("etag"), etag);
          assert.equal(response.headers.get("cache-control"), "no-cache");
        }
        const changed = { "if-none-match": '"other"', "if-modified-since": modified };
        assert.equal((await exchange(plane, "GET", path, undefined, changed)).status, 200);
      });
    }

    const ranges = [
      { range: "bytes=0-0", body: "0", contentRange: "bytes 0-0/10" },
      { range: "bytes=-3", body: "789", contentRange: "bytes 7-9/10" },
      { range: "bytes=4-", body: "456789", contentRange: "bytes 4-9/10" },
      { range: "bytes=8-99", body: "89", contentRange: "bytes 8-9/10" },
      { range: "bytes=-99", body: "0123456789", contentRange: "bytes 0-9/10" },
      { range: "bytes=0-3,2-5", body: "012345", contentRange: "bytes 0-5/10" },
    ];
    for (const { range, body, contentRange } of ranges) {
      it(`answers Range: ${range}`, async () => {
        const response = await exchange(plane, "GET", "/small.txt", undefined, { range });
        assert.equal(response.status, 206);
        assert.equal(response.text, body);
        assert.equal(response.headers.get("content-range"), contentRange);
        assert.equal(response.headers.get("content-length"), String(body.length));
      });
    }

    for (const range of ["bytes=10-", "bytes=-0", "bytes=99-100"]) {
      it(`refuses Range: ${range}`, async () => {
        const response = await exchange(plane, "GET", "/small.txt", undefined, { range });
        assert.equal(response.status, 416);
        assert.equal(response.headers.get("content-range"), "bytes */10");
      });
    }

    for (const path of ["/small.txt", "/big.bin"]) {
      for (const fields of [
        { range: "bytes=3-1" },
        { range: "bytes=x" },
        { range: "items=0-1" },
        { range: "bytes = 0-1" },
        { range: "bytes=0-0", "if-range": '"other"' },
        { range: "bytes=0-0", "if-range": "Sun, 06 Nov 1994 08:49:37 GMT" },
        {
          range: Array.from({ length: 201 }, (_, index) => `${index}-${index}`)
            .join(",")
            .replace(/^/, "bytes="),
        },
      ]) {
        it(`answers ${path} whole for ${JSON.stringify(fields).slice(0, 60)}`, async () => {
          const response = await exchange(plane, "GET", path, undefined, fields as Record<string, string>);
          assert.equal(response.status, 200);
          assert.equal(response.headers.get("content-range"), undefined);
          assert.equal(response.body.length, path === "/big.bin" ? 300_000 : 10);
        });
      }
    }

    it("answers parts of a large file", async () => {
      const one = await exchange(plane, "GET", "/big.bin", undefined, { range: "bytes=100000-299999" });
      assert.equal(one.status, 206);
      assert.deepEqual(one.body, big.subarray(100_000));
      const several = await exchange(plane, "GET", "/big.bin", undefined, { range: "bytes=0-9,100000-170000,-5" });
      assert.equal(several.status, 206);
      if (has("streamLength")) assert.equal(several.headers.get("content-length"), String(several.body.length));
      const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(several.headers.get("content-type") ?? "")?.[1];
      const text = Buffer.from(several.body).toString("latin1");
      const parts = text.split(`--${boundary}`);
      assert.equal(parts.length, 5);
      assert.equal(parts[0], "");
      assert.equal(parts[4], "--\r\n");
      const expected = [
        { contentRange: "bytes 0-9/300000", bytes: big.subarray(0, 10) },
        { contentRange: "bytes 100000-170000/300000", bytes: big.subarray(100_000, 170_001) },
        { contentRange: "bytes 299995-299999/300000", bytes: big.subarray(299_995) },
      ];
      expected.forEach(({ contentRange, bytes }, index) => {
        const head = `\r\ncontent-type: application/octet-stream\r\ncontent-range: ${contentRange}\r\n\r\n`;
        assert.equal(parts[index + 1], `${head}${Buffer.from(bytes).toString("latin1")}\r\n`);
      });
    });

    it("sends each field once", async () => {
      for (const [method, path, range] of [
        ["GET", "/small.txt", undefined],
        ["GET", "/big.bin", undefined],
        ["GET", "/big.bin", "bytes=0-9"],
        ["GET", "/big.bin", "bytes=0-9,20000-20009"],
        ["HEAD", "/big.bin", undefined],
      ] as const) {
        const connection = await connect(plane);
        connection.send(requestText(method, path, { connection: "close", ...(range ? { range } : {}) }));
        const names = (await connection.fields()).map((field) => field.slice(0, field.indexOf(":")).toLowerCase());
        connection.destroy();
        assert.deepEqual(names, [...new Set(names)], `${method} ${path} ${range}`);
      }
    });
  });
}
