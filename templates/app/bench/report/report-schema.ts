/** The shape of a report in a file, which may be cut, edited or of another version: the same as document.ts, as a check. */
import { z } from "zod";
import { type BenchReport, benchNames, SCHEMA_VERSION } from "./document.ts";
import { type FigureName, figureTable } from "./figure-table.ts";

const figureNames = Object.keys(figureTable) as [FigureName, ...FigureName[]];
const figure = z.enum(figureNames);
const count = z.number().int().nonnegative();

const estimate = z.object({ median: z.number(), low: z.number(), high: z.number(), runs: z.array(z.number()).min(1) });

const load = z.object({
  model: z.enum(["closed", "open", "none"]),
  generator: z.string(),
  connections: count,
  pipeline: count,
  rate_per_s: z.number().nullable(),
  seconds: z.number(),
  warmup_seconds: z.number(),
});

const caseDocument = z.object({
  id: z.string().min(1),
  title: z.string(),
  load: load.nullable(),
  figures: z.partialRecord(figure, estimate),
  missing: z.partialRecord(figure, z.string()),
  limited_by: z.enum(["server", "generator", "both", "neither", "unknown"]).nullable(),
  errors: z.record(z.string(), count),
  latency: z.array(z.object({ share: z.number().min(0).max(1), us: z.number() })),
  series: z.array(z.object({ figure, points: z.array(z.tuple([z.number(), z.number()])) })),
});

const comparison = z.object({
  figure,
  case_id: z.string(),
  baseline_id: z.string(),
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  pairs: count,
  verdict: z.enum(["better", "worse", "no difference shown"]),
});

const target = z.object({
  id: z.string(),
  title: z.string(),
  figure,
  target: z.number(),
  at: z.enum(["least", "most"]),
  measured: z.number().nullable(),
  ratio: z.number().nullable(),
  verdict: z.enum(["met", "missed", "not measured", "not shown"]),
  how: z.string(),
  scaled: z.string().nullable(),
});

const context = z.object({
  runtime: z.string(),
  adapter: z.string(),
  allocator: z.string(),
  workers_mode: z.enum(["threads", "inline"]),
  workers: count,
  server_cpus: z.number(),
  settings_digest: z.string(),
  features: z.array(z.string()),
  started_at: z.string(),
  quick: z.boolean(),
  pinning: z.object({
    server_cpus: z.array(count),
    server_cores: count.nullable(),
    generator_cpus: z.array(count),
    reason: z.string().nullable(),
  }),
  host: z.object({
    os: z.string(),
    arch: z.string(),
    kernel: z.string().nullable(),
    libc: z.string(),
    cpu_model: z.string().nullable(),
    cpus: z.number(),
    cpus_host: z.number(),
    memory_bytes: z.number().nullable(),
    governor: z.string().nullable(),
    transparent_huge_pages: z.string().nullable(),
    load_average: z.number(),
  }),
  noise: z.object({ median_ratio: z.number(), p99_ratio: z.number(), quiet: z.boolean() }).nullable(),
  notes: z.array(z.string()),
});

export const reportSchema = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  kind: z.literal("fastserve-bench"),
  interrupted: z.boolean(),
  context,
  benches: z.array(
    z.object({
      name: z.enum(benchNames),
      title: z.string(),
      refused: z.string().nullable(),
      cases: z.array(caseDocument),
      comparisons: z.array(comparison),
      notes: z.array(z.string()),
    }),
  ),
  targets: z.array(target),
}) satisfies z.ZodType<BenchReport>;
