/** The part of the metrics page that is about drift: one sample per setting, none where nobody knows. */
import type { DriftRow } from "./drift-check.ts";
import { metric } from "./metric-text.ts";

export function driftMetricsText(rows: readonly DriftRow[]): string {
  return metric(
    "fastserve_drift",
    "gauge",
    "1 when the plan for this host would have another value; retune makes it.",
    rows.flatMap(({ setting, verdict }) =>
      verdict === "unknown" ? [] : [[`{setting="${setting}"}`, verdict === "drift" ? 1 : 0] as const],
    ),
  );
}
