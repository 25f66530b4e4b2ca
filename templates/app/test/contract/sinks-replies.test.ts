/**
 * When a reply's bytes are read. What a handler gives to `new Response` is copied there; only a stream's chunks are read
 * later (sinks-responses.test.ts). So a reply may be made of bytes that change right after, and must not be made of a
 * stream of them.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const SCRIBBLE = 255;
const sizes = [10, 4096, 200_000];

const routes = defineRoutes({
  "GET /at-once/:bytes": ({ params }) => {
    const view = pattern(Number(params.bytes));
    const response = new Response(view);
    view.fill(SCRIBBLE);
    return response;
  },
  "GET /returned/:bytes": ({ params }) => {
    const view = pattern(Number(params.bytes));
    queueMicrotask(() => view.fill(SCRIBBLE));
    return new Response(view);
  },
});

describe("bytes of a Response that are scribbled over", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({}, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  for (const [moment, path] of [
    ["once it is made", "/at-once"],
    ["once it is returned", "/returned"],
  ] as const) {
    for (const bytes of sizes) {
      it(`${moment} arrive as they were: ${bytes} bytes`, async () => {
        const { body } = await exchange(plane, "GET", `${path}/${bytes}`);
        assert.equal(Buffer.compare(body, pattern(bytes)), 0);
      });
    }
  }
});

function pattern(bytes: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bytes }, (_, index) => (index * 7 + (index >> 8)) & 63);
}
