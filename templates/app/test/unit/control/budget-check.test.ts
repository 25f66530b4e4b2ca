import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkBudget, grantedConfig, grantedHeapBytes } from "../../../src/control/budget-check.ts";
import type { AdapterName } from "../../../src/runtime/capabilities.ts";
import { configWith } from "../reference-config.ts";

const MIB = 1024 ** 2;

/** The reference configuration plans 1024 MiB: base 96, heaps 384, zones 4, connections 128, bodies 64, headroom 256. */
const check = (grantedMib: number, user = "", adapter: AdapterName = "bun") =>
  checkBudget(configWith(user), { memoryBytes: grantedMib * MIB }, adapter);

const rows = [
  ["what was planned", 1024, "", "fits"],
  ["a shortfall within the tolerance", 973, "", "fits"],
  ["a shortfall beyond it", 972, "", "drift"],
  ["a surplus within the tolerance", 1075, "", "fits"],
  ["a surplus beyond it", 1076, "", "spare"],
  ["a shortfall that watchdog.drift_percent tolerates", 820, "watchdog.drift_percent = 20\n", "fits"],
  // base 96, zones 4, two threads with the smallest heaps 22, connections 32, bodies 64: 218 MiB.
  ["room for the smallest heaps", 218, "", "drift"],
  ["no room for them", 217, "", "unsafe"],
  ["no room for connections that nobody lowered", 190, "", "unsafe"],
  ["room after the bodies were lowered", 190, "limits.bodies_bytes_max = 16777216\n", "drift"],
] as const;

for (const [name, granted, user, verdict] of rows) {
  test(`checkBudget() calls ${name}: ${verdict}`, () => {
    assert.equal(check(granted, user).verdict, verdict);
  });
}

test("checkBudget() takes the mark that the project's own unit sets for the limit beside it", () => {
  // The reference configuration's memory.rss_high_bytes.
  for (const [bytes, verdict] of [
    [858_993_459, "fits"],
    [858_992_640, "fits"],
    [858_993_459 - 65_536, "drift"],
    [858_993_460, "drift"],
  ] as const) {
    assert.equal(checkBudget(configWith(""), { memoryBytes: bytes }, "bun").verdict, verdict, `${bytes}`);
  }
});

test("checkBudget() says what is missing and what fixes it", () => {
  assert.equal(
    check(180).note,
    'memory.limit_bytes = 1073741824 plans with 1024 MiB and this host grants 180 MiB: even with the smallest heaps the server needs 218 MiB, and there is no room for bodies (64 MiB). Retune the project for this host (npx create-fastserve retune --target this) or lower limits.bodies_bytes_max in fastserve.toml or set watchdog.on_unsafe = "warn" there to start all the same.',
  );
  assert.match(
    check(180, 'watchdog.on_unsafe = "warn"\n').note,
    /; watchdog\.on_unsafe = "warn" starts it all the same\.$/,
  );
  assert.match(check(110).note, /no room for heaps \(22 MiB\), connections \(32 MiB\), bodies \(64 MiB\)\. /);
});

test("checkBudget() scales the heaps to what the other rows leave, and not below the smallest", () => {
  assert.equal(check(1024).heapShare, 1);
  assert.equal(check(2048).heapShare, 1);
  // 768 - 96 - 4 - 32 - 64 - 192 of headroom - 6 of threads = 374 of 378 MiB.
  assert.equal(check(768).heapShare, 374 / 378);
  // 512 - 196 - 128 - 6 = 182.
  assert.equal(check(512).heapShare, 182 / 378);
  // Two heaps of 8 MiB.
  assert.equal(check(220).heapShare, 16 / 378);
});

test("grantedHeapBytes() is never below the smallest heap that serves, nor above the plan", () => {
  assert.equal(grantedHeapBytes(128 * MIB, 0.5, "deno-serve"), 64 * MIB);
  assert.equal(grantedHeapBytes(128 * MIB, 0.05, "deno-serve"), 16 * MIB);
  assert.equal(grantedHeapBytes(8 * MIB, 0.05, "deno-serve"), 8 * MIB);
});

test("grantedConfig() scales what the launch tells JavaScriptCore, and nothing else", () => {
  const config = configWith("engine.ram_bytes = 378000000\n");
  const scaled = grantedConfig(config, check(512), "bun");
  assert.equal(scaled.engine.ram_bytes, 182_000_000);
  assert.deepEqual({ ...scaled, engine: config.engine }, config);
});

test("checkBudget() calls a grant that cannot be read unknown", () => {
  const { verdict, heapShare, note } = checkBudget(configWith(""), { memoryBytes: undefined }, "deno-serve");
  assert.deepEqual(
    [verdict, heapShare, note],
    ["unknown", 1, "What this process is granted cannot be read: the memory budget is not checked."],
  );
});

test("checkBudget() never scales heaps up or beyond what is granted", () => {
  const grants = fc.integer({ min: 1, max: 4096 });
  const adapters = fc.constantFrom<AdapterName>("bun", "deno-serve", "deno-http");
  fc.assert(
    fc.property(grants, adapters, (granted, adapter) => {
      const { heapShare, verdict, leastBytes } = check(granted, "", adapter);
      assert.ok(heapShare >= 0 && heapShare <= 1);
      assert.equal(verdict === "unsafe", leastBytes > granted * MIB);
      assert.ok(check(granted + 1, "", adapter).heapShare >= heapShare);
    }),
  );
});
