/** Static files: where they are, and which of them are held in memory. */
import { floorTo, KiB } from "../../lib/units.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";
import { divisionOf } from "./division.ts";
import {
  FILE_NAMES_SHARE,
  FILES_BYTES_MAX,
  filesReads,
  KNOWN_FILE_BYTES,
  KNOWN_FILES_MAX,
  partReads,
} from "./feature-memory.ts";
import { readWorkersByCpu } from "./shape-reads.ts";

/** So many of the largest small files fit, lest one of them push out the rest. */
const SMALL_FILES_MIN = 16;

export const staticRules = {
  "static.root": featureRule("static-files", {
    unit: "none",
    reads: [],
    source: documented("https://vite.dev/guide/assets.html#the-public-directory"),
    decide: () => ({ value: "public", reason: reason("static_root", {}) }),
  }),
  "static.prefix": featureRule("static-files", {
    unit: "none",
    reads: [],
    source: derived("a route of the application comes before a file, so the whole space can be the files'"),
    decide: () => ({ value: "/", reason: reason("static_prefix", {}) }),
  }),
  "static.index": featureRule("static-files", {
    unit: "none",
    reads: [],
    source: documented("https://nginx.org/en/docs/http/ngx_http_index_module.html#index"),
    decide: () => ({ value: "index.html", reason: reason("static_index", {}) }),
  }),
  "static.max_age_s": featureRule("static-files", {
    unit: "s",
    reads: [],
    source: documented("https://web.dev/articles/http-cache#unversioned-urls"),
    decide: () => ({ value: 0, reason: reason("static_max_age", {}) }),
  }),
  "static.memory_bytes": featureRule("static-files", {
    unit: "bytes",
    reads: filesReads,
    source: assumed("how much of a site is small and asked for often"),
    bounds: () => ({ max: { value: FILES_BYTES_MAX, by: reason("bound_files", {}) } }),
    decide: (read) => {
      const share = Math.floor(divisionOf(read).files * (1 - FILE_NAMES_SHARE));
      // As many workers as the CPUs permit: memory that adds a worker must not shrink what each one holds.
      const workers = readWorkersByCpu(read);
      return { value: floorTo(share / workers, KiB(1)), reason: reason("static_memory", { share, workers }) };
    },
  }),
  "static.memory_file_bytes_max": featureRule("static-files", {
    unit: "bytes",
    reads: ["static.memory_bytes"],
    source: assumed("above 64 KiB the transfer costs more than opening the file"),
    bounds: (read) => {
      const held = read("static.memory_bytes") ?? 0;
      const value = floorTo(held / SMALL_FILES_MIN, KiB(1));
      return { max: { value, by: reason("bound_small_file", { held, files: SMALL_FILES_MIN }) } };
    },
    decide: () => ({ value: KiB(64), reason: reason("small_file", {}) }),
  }),
  "static.files_max": featureRule("static-files", {
    unit: "count",
    reads: partReads,
    source: derived("a quarter of the files' share of the budget, divided by what a known file takes"),
    bounds: () => ({ max: { value: KNOWN_FILES_MAX, by: reason("bound_known_files", {}) } }),
    decide: (read) => {
      const share = Math.floor(divisionOf(read).files * FILE_NAMES_SHARE);
      return {
        value: Math.floor(share / KNOWN_FILE_BYTES),
        reason: reason("known_files", { share, each: KNOWN_FILE_BYTES }),
      };
    },
  }),
  "static.fingerprints": featureRule("static-files", {
    unit: "none",
    reads: [],
    source: documented("https://webpack.js.org/guides/caching/#output-filenames"),
    decide: () => ({ value: "hex", reason: reason("fingerprints", {}) }),
  }),
  "static.watch": featureRule("static-files", {
    unit: "none",
    reads: [],
    source: derived("what is deployed does not change under the server; a reload reads it anew"),
    decide: () => ({ value: false, reason: reason("static_watch", {}) }),
  }),
} satisfies RuleTable<KeysOf<"static">>;
