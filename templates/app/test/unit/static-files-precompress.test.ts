import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import * as zlib from "node:zlib";
import { precompressFolder } from "../../src/features/static-files/precompress-folder.ts";
import { staticFolder } from "../fixture/static-folder.ts";

const text = "body { margin: 0 }\n".repeat(200);
const unpack = {
  ".br": zlib.brotliDecompressSync,
  ".gz": zlib.gunzipSync,
  ".zst": (zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdDecompressSync,
};

describe("precompressFolder()", () => {
  it("makes siblings that hold the file, once", () => {
    const folder = staticFolder({
      "style.css": text,
      "deep/data.json": text,
      "picture.png": text,
      ".hidden.css": text,
    });
    const first = precompressFolder(folder.path);
    assert.equal(first.files, 2);
    for (const { extension, made } of first.byCoding) {
      assert.equal(made, 2, extension);
      for (const name of ["style.css", "deep/data.json"]) {
        const bytes = readFileSync(join(folder.path, name + extension));
        assert.ok(bytes.length < 200);
        assert.equal(Buffer.from(unpack[extension as keyof typeof unpack]?.(bytes) ?? []).toString(), text);
      }
    }
    assert.equal(readdirSync(folder.path).length, 7);
    const second = precompressFolder(folder.path);
    for (const { made, kept } of second.byCoding) assert.deepEqual([made, kept], [0, 2]);
    folder.remove();
  });

  it("makes a sibling anew when its file is newer, and removes one that saves nothing any more", () => {
    const folder = staticFolder({ "style.css": text });
    precompressFolder(folder.path);
    const later = Date.now() / 1000 + 10;

    folder.write("style.css", crypto.getRandomValues(new Uint8Array(4000)));
    utimesSync(join(folder.path, "style.css"), later, later);
    precompressFolder(folder.path);
    for (const extension of Object.keys(unpack))
      assert.equal(existsSync(join(folder.path, `style.css${extension}`)), false);
    folder.remove();
  });

  it("leaves small files alone, and compressed files are not compressed again", () => {
    const folder = staticFolder({ "small.css": "a{}", "style.css": text });
    precompressFolder(folder.path);
    precompressFolder(folder.path);
    const names = readdirSync(folder.path).sort();
    assert.deepEqual(names, ["small.css", "style.css", "style.css.br", "style.css.gz", "style.css.zst"]);
    folder.remove();
  });
});
