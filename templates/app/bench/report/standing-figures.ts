/**
 * The figures that stand for a case when two reports are compared. A case has some fifteen, most of which follow from these:
 * a closed loop's latencies from its rate, an open loop's rate from what was offered. Each one more would hide the others'
 * changes among chances.
 */
import type { CaseDocument, LoadDocument } from "./document.ts";
import type { FigureName } from "./figure-table.ts";

const standing: Readonly<Record<LoadDocument["model"], readonly FigureName[]>> = {
  closed: [
    ...(["requests_per_second", "messages_per_second", "deliveries_per_second", "connections_per_second"] as const),
    ...(["operations_per_second", "server_cpu_us_per_request", "server_cpu_us_per_message"] as const),
    ...(["server_cpu_us_per_delivery", "server_cpu_us_per_connection", "server_rss_peak_bytes", "hit_ratio"] as const),
  ],
  open: ["latency_p99_us", "server_cpu_us_per_request", "server_rss_peak_bytes"],
  // What starts, rests or takes memory. An allocator's resident memory is not among them: it is one value a report.
  none: ["start_ms", "server_rss_bytes", "server_rss_bytes_per_connection", "cpu_ns_per_buffer"],
};

/** Where a case has both, the first is the second times a constant: one request a connection, one message to all clients. */
const follows: Readonly<Partial<Record<FigureName, FigureName>>> = {
  connections_per_second: "requests_per_second",
  messages_per_second: "deliveries_per_second",
};

export function standingFigures({ load, figures }: Pick<CaseDocument, "load" | "figures">): readonly FigureName[] {
  return standing[load?.model ?? "none"].filter((name) => {
    const leader = follows[name];
    return leader === undefined || figures[leader] === undefined;
  });
}
