/** What the feature counts, and where each number stands in a worker's row. */
import type { ContentCoding } from "../../http/accept-encoding.ts";
import type { CounterDefinition } from "../../http/feature.ts";

const replies = "Replies that were compressed.";
const bytes = "Bytes of replies before and after compression.";

export const compressionCounters: readonly CounterDefinition[] = [
  { metric: 'fastserve_compression_replies_total{coding="br"}', help: replies },
  { metric: 'fastserve_compression_replies_total{coding="zstd"}', help: replies },
  { metric: 'fastserve_compression_replies_total{coding="gzip"}', help: replies },
  { metric: 'fastserve_compression_bytes_total{side="in"}', help: bytes },
  { metric: 'fastserve_compression_bytes_total{side="out"}', help: bytes },
  {
    metric: "fastserve_compression_busy_total",
    help: "Replies sent as they are because compression.streams_max were at work.",
  },
];

export const repliesCounter: Readonly<Record<ContentCoding, number>> = { br: 0, zstd: 1, gzip: 2 };

export const compressionCounter = { bytesIn: 3, bytesOut: 4, busy: 5 } as const;
