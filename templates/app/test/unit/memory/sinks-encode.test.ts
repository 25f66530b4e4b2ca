/**
 * When what takes text's bytes is done with them: it decides what may be given bytes that are used again right after
 * (src/memory/encode-scratch.ts). Each sink gets a view, which is scribbled over at a moment; then what came out is looked at.
 */
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { describe, it } from "node:test";
import * as zlib from "node:zlib";
import { codings, type Engine } from "../../../src/features/compression/codings.ts";
import { cacheLayout } from "../../../src/features/response-cache/cache-layout.ts";
import { CacheZone } from "../../../src/features/response-cache/cache-zone.ts";
import { adapter } from "../../fixture/capability.ts";
import { fixtureConfig } from "../../fixture/settings.ts";

const SCRIBBLE = 255;
const BYTES = 50_000;

/** The types of Node 20 do not have it yet. */
const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync(bytes: Uint8Array): Uint8Array };
const inflate = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, zstd: zstdDecompressSync } as const;

const RACES_MAX = 50;

describe("a view that is scribbled over at once", () => {
  it("is copied by a store into the response cache's zone", () => {
    const config = fixtureConfig({ "cache.zone_bytes": 4_194_304, "cache.entry_bytes_max": 131_072 });
    const layout = cacheLayout(config);
    assert.ok(layout);
    const zone = new CacheZone(new SharedArrayBuffer(config.cache.zone_bytes), layout, 0);
    const [head, body] = [pattern(), pattern()];
    const nowMs = Date.now();
    const untilMs = nowMs + 60_000;
    const times = { storedMs: nowMs, freshMs: untilMs, staleMs: untilMs, errorMs: untilMs };
    const stored = zone.store("http://h/", { ...times, form: "bytes", head, body, tags: [] }, nowMs, zone.purges);
    head.fill(SCRIBBLE);
    body.fill(SCRIBBLE);
    assert.equal(stored, "stored");
    const found = zone.find("http://h/");
    assert.deepEqual(found?.body, pattern());
    assert.equal(found.head, new TextDecoder().decode(pattern()));
    zone.leave();
  });

  for (const coding of codings(1)) {
    it(`is read to its end by ${coding.name} at once, whose output is its own`, () => {
      const [first, second] = [pattern(), pattern()];
      const coded = coding.now(first);
      first.fill(SCRIBBLE);
      // A second run would overwrite an output that is used again.
      coding.now(second.fill(1));
      assert.deepEqual(plain(coding.name, coded), pattern());
    });
  }

  it("is read to its end by a hash, an HMAC and WebCrypto's digest", async () => {
    const hash = createHash("sha256");
    const hmac = createHmac("sha256", "key");
    const views = [pattern(), pattern(), pattern()] as const;
    hash.update(views[0]);
    hmac.update(views[1]);
    const digest = crypto.subtle.digest("SHA-256", views[2]);
    for (const view of views) view.fill(SCRIBBLE);
    const expected = createHash("sha256").update(pattern()).digest("hex");
    assert.equal(hash.digest("hex"), expected);
    assert.equal(hmac.digest("hex"), createHmac("sha256", "key").update(pattern()).digest("hex"));
    assert.equal(Buffer.from(await digest).toString("hex"), expected);
  });

  it("is copied by a Response and by a Blob", async () => {
    const [first, second] = [pattern(), pattern()];
    const response = new Response(first);
    const blob = new Blob([second]);
    for (const view of [first, second]) view.fill(SCRIBBLE);
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), pattern());
    assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), pattern());
  });

  it("is read later by a stream: a chunk is the view itself", async () => {
    const view = pattern();
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(view);
        controller.close();
      },
    });
    view.fill(SCRIBBLE);
    assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), new Uint8Array(BYTES).fill(SCRIBBLE));
  });

  it("is read later by a gzip stream", {
    skip: adapter === "bun" ? false : "Deno's zlib reads it at once",
  }, async () => {
    // Another thread reads it: on a busy machine it may be first, but not each time.
    let isReadLater = false;
    for (let attempt = 0; attempt < RACES_MAX && !isReadLater; attempt += 1) {
      const view = pattern();
      const coded = await written("gzip", (engine) => {
        engine.write(view, () => engine.end());
        view.fill(SCRIBBLE);
      });
      isReadLater = !Buffer.from(coded).equals(pattern());
    }
    assert.ok(isReadLater);
  });
});

describe("a view that is scribbled over when its write is over", () => {
  for (const { name } of codings(1)) {
    it(`was read to its end by a ${name} stream`, async () => {
      const view = pattern();
      const coded = await written(name, (engine) => {
        engine.write(view, () => {
          view.fill(SCRIBBLE);
          engine.end();
        });
      });
      assert.deepEqual(coded, pattern());
    });
  }
});

/** What comes out of a stream, decoded. */
async function written(name: keyof typeof inflate, write: (engine: Engine) => void) {
  const engine = codings(1)
    .find((coding) => coding.name === name)
    ?.stream();
  assert.ok(engine);
  const chunks: Uint8Array[] = [];
  await new Promise<void>((resolve, reject) => {
    engine.on("data", (chunk) => chunks.push(chunk.slice()));
    engine.on("end", resolve);
    engine.on("error", reject);
    write(engine);
  });
  return plain(name, Buffer.concat(chunks));
}

function plain(name: keyof typeof inflate, coded: Uint8Array): Uint8Array {
  return new Uint8Array(inflate[name](coded));
}

/** Bytes of ASCII that a scribble changes all of. */
function pattern(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: BYTES }, (_, index) => (index * 7 + (index >> 8)) & 63);
}
