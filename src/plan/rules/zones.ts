/** The shared zones' resolution. */
import { MiB } from "../../lib/units.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { derived } from "../sources.ts";

/** Below this limit the finer histograms are not worth their cache lines. */
const FINE_FROM_BYTES = MiB(256);

export const zoneRules = {
  "zones.latency_steps": rule({
    unit: "count",
    reads: ["memory.limit_bytes", "answers.objective"],
    source: derived("an error of 1/steps: 12.5 % with 8, 6.3 % with 16, 3.1 % with 32; 216 bytes per step and worker"),
    decide: (read) => {
      const objective = read("answers.objective");
      if (objective === "latency") return { value: 32, reason: reason("latency_steps", { steps: 32 }) };
      const fine = objective !== "memory" && read("memory.limit_bytes") >= FINE_FROM_BYTES;
      return fine
        ? { value: 16, reason: reason("latency_steps", { steps: 16 }) }
        : { value: 8, reason: reason("latency_steps", { steps: 8 }) };
    },
  }),
} satisfies RuleTable<KeysOf<"zones">>;
