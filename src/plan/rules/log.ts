/** What is logged, and how it is gathered. */
import { floorTo, KiB } from "../../lib/units.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { assumed, derived } from "../sources.ts";

export const logRules = {
  "log.level": rule({
    unit: "none",
    reads: [],
    source: assumed("starts, stops, reloads and problems; debug lines are for development"),
    decide: () => ({ value: "info", reason: reason("log_level", {}) }),
  }),
  "log.format": rule({
    unit: "none",
    reads: ["answers.deploy"],
    source: derived("whoever deploys collects; whoever does not reads"),
    decide: (read) =>
      read("answers.deploy").some((target) => target !== "github")
        ? { value: "json", reason: reason("log_json", {}) }
        : { value: "text", reason: reason("log_text", {}) },
  }),
  "log.requests": rule({
    unit: "none",
    reads: ["features.request-log", "answers.objective", "answers.exposure"],
    source: derived("one access log is enough, and the proxy's own sees also what never reaches the server"),
    decide: (read) => {
      if (!read("features.request-log")) {
        return { value: "none", reason: reason("log_requests_off", {}) };
      }
      if (read("answers.exposure") === "proxy") {
        return { value: "errors", reason: reason("log_requests_proxy", {}) };
      }
      return read("answers.objective") === "throughput"
        ? { value: "errors", reason: reason("log_requests_errors", {}) }
        : { value: "all", reason: reason("log_requests_all", {}) };
    },
  }),
  "log.batch_bytes": rule({
    unit: "bytes",
    reads: ["memory.limit_bytes"],
    source: derived("64 KiB is a pipe's capacity on Linux: a larger batch could not be handed over at once"),
    bounds: () => ({
      min: { value: KiB(8), by: reason("bound_log_min", {}) },
      max: { value: KiB(64), by: reason("bound_log_max", {}) },
    }),
    decide: (read) => ({
      value: floorTo(read("memory.limit_bytes") / 4096, KiB(1)),
      reason: reason("log_batch", {}),
    }),
  }),
  "log.flush_ms": rule({
    unit: "ms",
    reads: ["answers.objective"],
    source: assumed("a crash loses at most this much of the log; a quarter of a second still looks live"),
    decide: (read) =>
      read("answers.objective") === "throughput"
        ? { value: 1000, reason: reason("log_flush_throughput", {}) }
        : { value: 250, reason: reason("log_flush", {}) },
  }),
} satisfies RuleTable<KeysOf<"log">>;
