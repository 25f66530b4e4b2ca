import assert from "node:assert/strict";
import { test } from "node:test";
import { heldMemory } from "../../../src/control/held-memory.ts";

const runtime = { memory: () => ({ rssBytes: 7, heapUsedBytes: 0, heapTotalBytes: 0, externalBytes: 0 }) };
const rows = [
  [
    "counts the program's pages up to an eighth of the limit",
    "RssAnon:\t 100 kB\nRssFile:\t 900 kB\nRssShmem:\t 10 kB\n",
    242_688,
  ],
  ["counts all of them where they are fewer", "RssAnon:\t 100 kB\nRssFile:\t 20 kB\nRssShmem:\t 0 kB\n", 122_880],
  ["takes the resident size where the parts are not told", "VmRSS:\t 100 kB\n", 7],
  ["takes the resident size where nothing may be read", undefined, 7],
] as const;

for (const [name, status, expected] of rows) {
  test(`heldMemory() ${name}`, () => {
    // An eighth of this limit is 127 KiB.
    assert.equal(heldMemory(runtime, 1_040_384, () => status)(), expected);
  });
}
