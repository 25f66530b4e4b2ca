/** Which malloc serves the runtime, and how eagerly it gives memory back. The case for each is in allocator-case.ts. */
import type { AllocatorBackend } from "../../answers/choices.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { allocatorFigures, documented } from "../sources.ts";

type Preloaded = Exclude<AllocatorBackend, "auto" | "system">;
const isPreloaded = (backend: AllocatorBackend): backend is Preloaded => backend !== "auto" && backend !== "system";

export const allocatorRules = {
  "allocator.backend": rule({
    unit: "none",
    reads: ["adapter", "answers.allocator", "answers.workload", "answers.objective", "facts.os", "facts.container"],
    source: allocatorFigures,
    decide: (read) => {
      if (read("adapter") === "bun") {
        const ref = "https://github.com/oven-sh/bun/pull/34009";
        return { value: "mimalloc", reason: reason("allocator_bun", {}), source: documented(ref) };
      }
      if (read("facts.os") !== "linux" || read("facts.container") === "isolate") {
        return { value: "system", reason: reason("allocator_platform", {}) };
      }
      const asked = read("answers.allocator");
      if (isPreloaded(asked)) return { value: asked, reason: reason("allocator_asked", { backend: asked }) };
      if (asked === "system") return { value: "glibc", reason: reason("allocator_system", {}) };
      return read("answers.objective") === "memory"
        ? { value: "glibc", reason: reason("allocator_glibc_memory", {}) }
        : { value: "glibc", reason: reason("allocator_glibc", { workload: read("answers.workload") }) };
    },
  }),
  "allocator.profile": rule({
    unit: "none",
    reads: ["answers.objective"],
    source: allocatorFigures,
    decide: (read) => {
      const objective = read("answers.objective");
      if (objective === "throughput") return { value: "throughput", reason: reason("profile_throughput", {}) };
      if (objective === "memory") return { value: "lean", reason: reason("profile_lean", {}) };
      return { value: "balanced", reason: reason("profile_balanced", { objective }) };
    },
  }),
} satisfies RuleTable<KeysOf<"allocator">>;
