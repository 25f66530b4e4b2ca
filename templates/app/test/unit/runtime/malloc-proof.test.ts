import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { runtimeOf } from "../../../src/runtime/capabilities.ts";
import { runtime } from "../../../src/wiring.ts";

const onLinux = process.platform === "linux" ? false : "other systems' malloc is not asked";
const onDeno = runtimeOf(runtime.adapter) === "deno" ? onLinux : "Bun asks its own malloc, whoever is mapped";

test("mallocProof() finds a buffer in the books of this process's malloc, and its version", { skip: onLinux }, () => {
  const proof = runtime.mallocProof(readFileSync("/proc/self/maps", "utf8"));
  assert.equal(proof?.owns, true);
  assert.match(proof?.version ?? "", /^\d+\.\d+/);
  assert.equal(proof?.backend, runtimeOf(runtime.adapter) === "bun" ? "mimalloc" : "glibc");
});

test("mallocProof() says nothing where the mappings cannot be read", { skip: onDeno }, () => {
  assert.equal(runtime.mallocProof(undefined), undefined);
  assert.equal(runtime.mallocProof(""), undefined);
});
