import assert from "node:assert/strict";
import { test } from "node:test";
import { arenaPage, metricsPage } from "../../../src/control/metrics-page.ts";

const text = (body: string | Uint8Array) => (typeof body === "string" ? body : new TextDecoder().decode(body));

test("metricsPage(false).body() is the text itself", () => {
  const page = metricsPage(false);
  assert.equal(page.body("a 1\n"), "a 1\n");
  assert.deepEqual(page.reading(), { heldBytes: 0, usedBytes: 0, highBytes: 0, taken: 0, missed: 0 });
});

test("metricsPage(true).body() is bytes of their own, whatever the next page writes", () => {
  const page = metricsPage(true);
  const first = page.body("a 1\u20ac\n");
  const second = page.body("b 2\n");
  assert.ok(first instanceof Uint8Array && second instanceof Uint8Array);
  assert.deepEqual([text(first), text(second)], ["a 1\u20ac\n", "b 2\n"]);
  assert.equal(first.buffer.byteLength, 7);
  assert.deepEqual(page.reading(), { heldBytes: 65_536, usedBytes: 0, highBytes: 7, taken: 2, missed: 0 });
});

test("arenaPage() doubles for a page that does not fit, up to its bound, and sends a larger one as text", () => {
  const page = arenaPage(16, 64);
  const fits = page.body("x".repeat(40));
  assert.ok(fits instanceof Uint8Array);
  assert.equal(text(fits), "x".repeat(40));
  assert.deepEqual(page.reading(), { heldBytes: 64, usedBytes: 0, highBytes: 40, taken: 1, missed: 2 });
  assert.equal(page.body("y".repeat(65)), "y".repeat(65));
  assert.equal(page.reading().heldBytes, 64);
});
