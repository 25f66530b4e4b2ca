/** What is sent is the same whether text is encoded into the worker's scratch or into memory of its own. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as zlib from "node:zlib";
import { compression } from "../../src/features/compression.ts";
import { responseCache } from "../../src/features/response-cache.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { readUse } from "../../src/memory/memory-books.ts";
import { runtime } from "../../src/wiring.ts";
import { booksAt } from "../../src/zones/memory-row.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const ENCODE_BYTES = 4096;
const cache = { ttlMs: 60_000, vary: ["x-variant"] };
const bodies = {
  ascii: "some text, again and again. ".repeat(20),
  utf8: "gr\u00fc\u00dfe, \u4e16\u754c, \u{1f600}. ".repeat(20),
  exact: "x".repeat(ENCODE_BYTES),
  long: "longer than the scratch. ".repeat(400),
  longUtf8: "\u4e16".repeat(2000),
  empty: "",
} as const;

/** How often each handler ran: a second answer comes from the cache. */
let runs = 0;
const routes = defineRoutes({
  "GET /cached/text/:name": {
    cache,
    handler: (context) => counted(bodies[context.params.name as keyof typeof bodies]),
  },
  "GET /cached/json/:name": {
    cache,
    handler: (context) => counted({ text: bodies[context.params.name as keyof typeof bodies] }),
  },
  "GET /cached/variant": { cache, handler: (context) => counted(`${context.header("x-variant")} ${bodies.utf8}`) },
  "GET /text/:name": (context) => bodies[context.params.name as keyof typeof bodies],
});

function counted<Reply>(reply: Reply): Reply {
  runs += 1;
  return reply;
}

/** The types of Node 20 do not have it yet. */
const { zstdDecompressSync } = zlib as unknown as { zstdDecompressSync(bytes: Uint8Array): Uint8Array };
const inflate = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync, zstd: zstdDecompressSync } as const;

for (const on of [false, true]) {
  describe(`replies with memory.encode_scratch = ${on}`, () => {
    let plane: Plane;
    before(async () => {
      const settings = {
        "memory.encode_scratch": on,
        "memory.encode_bytes": ENCODE_BYTES,
        "cache.zone_bytes": 4_194_304,
        "cache.entry_bytes_max": 131_072,
        "compression.bytes_min": 256,
        "compression.bytes_max": 65_536,
        "compression.types": "text/*,application/json",
      };
      plane = await startPlane(settings, { routes, features: [compression, responseCache], runtime });
    });
    after(() => plane.drain());

    for (const name of Object.keys(bodies) as (keyof typeof bodies)[]) {
      for (const [kind, expected] of [
        ["text", bodies[name]],
        ["json", JSON.stringify({ text: bodies[name] })],
      ] as const) {
        it(`are cached and sent again: ${kind} ${name}`, async () => {
          const before = runs;
          const first = await exchange(plane, "GET", `/cached/${kind}/${name}`);
          const second = await exchange(plane, "GET", `/cached/${kind}/${name}`);
          assert.deepEqual([first.status, first.text], [200, expected]);
          assert.deepEqual([second.status, second.text], [200, expected]);
          // Bun names no type where a plain text is empty.
          if (expected !== "") {
            assert.equal(second.headers.get("content-type"), first.headers.get("content-type"));
          }
          assert.deepEqual([runs - before, second.headers.has("age")], [1, true]);
        });
      }
    }

    it("are cached by variant", async () => {
      const before = runs;
      for (const variant of ["one", "two", "one", "two"]) {
        const { text } = await exchange(plane, "GET", "/cached/variant", undefined, { "x-variant": variant });
        assert.equal(text, `${variant} ${bodies.utf8}`);
      }
      assert.equal(runs - before, 2);
    });

    for (const coding of ["gzip", "br", "zstd"] as const) {
      for (const name of ["ascii", "utf8", "exact", "long", "longUtf8"] as const) {
        it(`are compressed: ${name} with ${coding}`, async () => {
          const response = await exchange(plane, "GET", `/text/${name}`, undefined, { "accept-encoding": coding });
          assert.equal(response.headers.get("content-encoding"), coding);
          assert.equal(new TextDecoder().decode(inflate[coding](response.body)), bodies[name]);
        });
      }
    }

    it("at the same time do not mix", async () => {
      const names = ["ascii", "utf8", "exact", "long"] as const;
      const all = Array.from({ length: 40 }, (_, index) => names[index % names.length] ?? "ascii");
      const responses = await Promise.all(
        all.map((name) => exchange(plane, "GET", `/text/${name}`, undefined, { "accept-encoding": "gzip" })),
      );
      const texts = responses.map(({ body }) => new TextDecoder().decode(zlib.gunzipSync(body)));
      assert.deepEqual(
        texts,
        all.map((name) => bodies[name]),
      );
    });

    it("are in the books of what the worker holds", {
      skip: on ? false : "what is not kept is in no book",
    }, async () => {
      const read = () => readUse(plane.zones.memory, booksAt, "encode");
      const { heldBytes, usedBytes, highBytes, missed } = await until(
        "the beat has told",
        () => read().taken > 0 && read(),
      );
      assert.deepEqual([heldBytes, usedBytes, highBytes], [ENCODE_BYTES, 0, ENCODE_BYTES]);
      assert.ok(missed > 0, "long text is encoded on its own");
    });
  });
}
