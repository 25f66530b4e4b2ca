/** A report's circumstances for tests, with single ones changed. */
import type { ReportContext } from "../../../bench/report/document.ts";

export const quietContext: ReportContext = {
  runtime: "Bun 1.4.5",
  adapter: "bun",
  allocator: "mimalloc 3.5.3",
  workers_mode: "threads",
  workers: 4,
  server_cpus: 4,
  settings_digest: "a".repeat(64),
  features: ["static-files", "websocket"],
  started_at: "2026-01-02T03:04:05.678Z",
  quick: false,
  pinning: { server_cpus: [0, 1, 2, 3], server_cores: 4, generator_cpus: [4, 5], reason: null },
  host: {
    os: "linux",
    arch: "x64",
    kernel: "6.1.0",
    libc: "glibc",
    cpu_model: "Example CPU",
    cpus: 8,
    cpus_host: 8,
    memory_bytes: 8_589_934_592,
    governor: "performance",
    transparent_huge_pages: "madvise",
    load_average: 0.1,
  },
  noise: { median_ratio: 1, p99_ratio: 1.1, quiet: true },
  notes: [],
};
