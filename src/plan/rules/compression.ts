/** Which replies are compressed, and how hard. */
import { KiB, MiB } from "../../lib/units.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { compressionFigures, derived, documented } from "../sources.ts";
import { cpuReads, readThreadsByCpu } from "./shape-reads.ts";

/** Text in all its forms. Pictures, films and fonts of the web are compressed already. */
const types: readonly string[] = [
  "text/*",
  "application/javascript",
  "application/json",
  "application/ld+json",
  "application/manifest+json",
  "application/problem+json",
  "application/wasm",
  "application/xml",
  "image/svg+xml",
];

/** 0.3 MiB for gzip and 0.5 to 3.4 MiB for Brotli and Zstandard were measured, by level; the planned levels are low. */
const STREAM_BYTES = MiB(1);
const STREAMS_HEAP_SHARE = 1 / 16;
/** More at once would only share the same core. */
const STREAMS_MAX = 64;

export const compressionRules = {
  "compression.bytes_min": featureRule("compression", {
    unit: "bytes",
    reads: [],
    source: derived("an Ethernet packet carries 1460 bytes; beside a head of some 400, 1024 of body need one packet"),
    decide: () => ({ value: KiB(1), reason: reason("compress_min", {}) }),
  }),
  "compression.bytes_max": featureRule("compression", {
    unit: "bytes",
    reads: ["answers.objective"],
    source: compressionFigures,
    decide: (read) =>
      read("answers.objective") === "latency"
        ? { value: KiB(32), reason: reason("compress_max_latency", {}) }
        : { value: KiB(128), reason: reason("compress_max", {}) },
  }),
  "compression.level": featureRule("compression", {
    unit: "count",
    reads: ["answers.objective"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip_comp_level"),
    decide: (read) =>
      read("answers.objective") === "throughput"
        ? { value: 1, reason: reason("compress_level_fast", {}) }
        : {
            value: 4,
            reason: reason("compress_level", {}),
            source: compressionFigures,
          },
  }),
  "compression.streams_max": featureRule("compression", {
    unit: "count",
    reads: ["memory.heaps_bytes", ...cpuReads],
    source: compressionFigures,
    bounds: () => ({
      min: { value: 1, by: reason("bound_positive", {}) },
      max: { value: STREAMS_MAX, by: reason("bound_streams", { streams: STREAMS_MAX }) },
    }),
    decide: (read) => {
      const heap = read("memory.heaps_bytes") / readThreadsByCpu(read);
      const value = Math.floor((heap * STREAMS_HEAP_SHARE) / STREAM_BYTES);
      return { value, reason: reason("streams", { each: STREAM_BYTES }) };
    },
  }),
  "compression.types": featureRule("compression", {
    unit: "none",
    reads: [],
    source: documented("https://github.com/h5bp/server-configs-nginx/blob/main/h5bp/web_performance/compression.conf"),
    decide: () => ({ value: types, reason: reason("compress_types", {}) }),
  }),
} satisfies RuleTable<KeysOf<"compression">>;
