/** Which allocator serves this process, as the server itself finds out; measured is only what is proven. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { allocatorTruth } from "../../src/control/allocator.ts";
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { runtime } from "../../src/wiring.ts";
import type { Hello } from "./protocol.ts";

export function proveAllocator(requested: string): Hello {
  const maps = readMaps();
  const { backend, version, serving, evidence } = allocatorTruth({
    runtime: runtimeOf(runtime.adapter),
    os: process.platform,
    requested,
    preload: process.env.LD_PRELOAD,
    maps,
    accepted: undefined,
    proof: runtime.mallocProof(maps),
  });
  // Elsewhere there is nothing to choose and nobody to ask.
  const proven = process.platform === "linux" ? serving === true : serving !== false;
  return { backend, version: version ?? null, proven, evidence };
}

function readMaps(): string | undefined {
  try {
    return readFileSync("/proc/self/maps", "utf8");
  } catch {
    return undefined;
  }
}
