/** What the feature counts. Bytes are those of the bodies that began; a client that leaves may have got fewer. */
import type { CounterDefinition } from "../../http/feature.ts";
import { add } from "../../zones/counters.ts";
import type { FileReply } from "./file-reply.ts";

export const results = ["memory", "file", "range", "not_modified", "refused", "missing"] as const;

export type Result = (typeof results)[number];

export const counterDefinitions: readonly CounterDefinition[] = [
  ...results.map((result) => ({
    metric: `fastserve_static_requests_total{result="${result}"}`,
    help: "Requests for static files by what they were answered from or with.",
  })),
  { metric: "fastserve_static_bytes_total", help: "Bytes of static files' bodies whose sending began." },
];

const BYTES_COUNTER: number = results.length;

export const resultCounter = Object.fromEntries(results.map((result, index) => [result, index])) as Readonly<
  Record<Result, number>
>;

/** Counts a reply by where its bytes came from, and gives back its response. */
export function counted(
  { response, outcome, bytes }: FileReply,
  from: "memory" | "file",
  counters: Float64Array,
): Response {
  const result = { whole: from, range: "range", "not-modified": "not_modified", refused: "refused" } as const;
  add(counters, resultCounter[result[outcome]], 1);
  add(counters, BYTES_COUNTER, bytes);
  return response;
}
