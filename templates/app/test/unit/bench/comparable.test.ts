import assert from "node:assert/strict";
import { test } from "node:test";
import { differencesToTell, whyNotComparable } from "../../../bench/method/comparable.ts";
import type { ReportContext } from "../../../bench/report/document.ts";
import { quietContext as before } from "./report-context.ts";

const host = (changes: Partial<ReportContext["host"]>) => ({ host: { ...before.host, ...changes } });

const whole = (context: ReportContext) => ({ context, interrupted: false });

const refused: readonly (readonly [changes: Partial<ReportContext>, reason: string])[] = [
  [host({ cpu_model: "Other CPU" }), "CPU model: Example CPU then, Other CPU now"],
  [host({ cpus: 2 }), "CPUs that may be used: 8 then, 2 now"],
  [host({ cpus_host: 16 }), "CPUs of the machine: 8 then, 16 now"],
  [host({ memory_bytes: null }), "memory in bytes: 8589934592 then, unknown now"],
  [host({ arch: "arm64" }), "architecture: linux x64 glibc then, linux arm64 glibc now"],
  [host({ kernel: "6.2.0" }), "kernel: 6.1.0 then, 6.2.0 now"],
  [host({ governor: "powersave" }), "CPU governor: performance then, powersave now"],
  [host({ transparent_huge_pages: "always" }), "transparent huge pages: madvise then, always now"],
  [{ runtime: "Bun 1.4.6" }, "runtime: Bun 1.4.5 then, Bun 1.4.6 now"],
  [{ adapter: "deno-http" }, "adapter: bun then, deno-http now"],
  [
    { pinning: { server_cpus: [], server_cores: null, generator_cpus: [4, 5], reason: "taskset is not installed" } },
    "CPUs of the server: 0,1,2,3 then, not pinned now",
  ],
  [{ pinning: { ...before.pinning, generator_cpus: [5] } }, "CPUs of the generator: 4,5 then, 5 now"],
];

for (const [changes, reason] of refused) {
  test(`whyNotComparable() says "${reason}"`, () => {
    const reasons = whyNotComparable(before, { ...before, ...changes });
    assert.equal(reasons[0], reason);
  });
}

test("whyNotComparable() names every difference, and none of two alike", () => {
  assert.deepEqual(whyNotComparable(before, before), []);
  const other = { ...before, runtime: "Deno 2.9.6", adapter: "deno-serve", ...host({ cpus: 2 }) };
  assert.equal(whyNotComparable(before, other).length, 3);
});

test("whyNotComparable() lets pass what people measure for: settings, allocator, workers, features, another day", () => {
  const now = {
    ...before,
    settings_digest: "b".repeat(64),
    allocator: "jemalloc 5.3.0",
    workers: 2,
    features: ["websocket", "tasks"],
    started_at: "2026-02-03T04:05:06.789Z",
  };
  assert.deepEqual(whyNotComparable(before, now), []);
  assert.deepEqual(differencesToTell(whole(before), now), [
    "The settings differ from those of the earlier report.",
    "The allocator was mimalloc 3.5.3 and is jemalloc 5.3.0.",
    "There were 4 workers and are 2.",
    "New since the earlier report, feature: tasks.",
    "Gone since the earlier report, feature: static-files.",
  ]);
});

test("differencesToTell() remembers that the earlier machine was not quiet", () => {
  const noisy = { ...before, noise: { median_ratio: 1.3, p99_ratio: 2, quiet: false } };
  assert.deepEqual(differencesToTell(whole(noisy), before), [
    "The machine was not quiet when the earlier report was measured.",
  ]);
  assert.deepEqual(differencesToTell(whole(before), before), []);
});

test("differencesToTell() says that the earlier report was ended early, or made in a hurry", () => {
  assert.deepEqual(differencesToTell({ context: { ...before, quick: true }, interrupted: true }, before), [
    "The earlier report was ended early: it has fewer cases or runs than were asked for.",
    "The earlier report was made with --quick, which proves nothing.",
  ]);
});
