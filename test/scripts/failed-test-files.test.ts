import assert from "node:assert/strict";
import { test } from "node:test";
import { failedTestFiles } from "../../scripts/failed-test-files.ts";

test("failedTestFiles() reads what bun test prints", () => {
  const output = [
    "test/unit/launch.test.ts:",
    "(pass) launch.ts becomes a tuned main.ts in the same process [359.58ms]",
    "",
    "test/contract/tls.test.ts:",
    "error: not seen",
    "(fail) tls > serves HTTP [3.2ms]",
    "(fail) tls > carries bodies [3.2ms]",
    "test/unit/last.test.ts:",
    "(pass) all [1ms]",
    "2 tests failed:",
    "(fail) tls > serves HTTP [3.2ms]",
  ].join("\n");
  assert.deepEqual(failedTestFiles(output), ["test/contract/tls.test.ts"]);
});

test("failedTestFiles() reads what deno test prints", () => {
  const output = [
    "./test/contract/roll.test.ts => replacing a worker ... starts another one ... ok (3s)",
    "./test/contract/roll.test.ts => replacing a worker ... survives the death of the new worker ... FAILED (23s)",
    "./test/contract/roll.test.ts => replacing a worker ... FAILED (due to 1 failed step) (1m19s)",
    "./test/unit/x.test.ts => a ... FAILED (19ms)",
    "FAILED | 1484 passed (1858 steps) | 1 failed (1 step) | 8 ignored (42 steps) (3m30s)",
  ].join("\n");
  assert.deepEqual(failedTestFiles(output), ["test/contract/roll.test.ts", "test/unit/x.test.ts"]);
});

test("failedTestFiles() reads what node --test prints", () => {
  const output = '✖ failing tests:\n\ntest at test/e2e/packed.test.ts:57:3\n✖ "bun server": create (1.2ms)\n';
  assert.deepEqual(failedTestFiles(output), ["test/e2e/packed.test.ts"]);
});

test("failedTestFiles() finds none where none failed", () => {
  assert.deepEqual(failedTestFiles("test/unit/launch.test.ts:\n(pass) all [1ms]\n"), []);
});
