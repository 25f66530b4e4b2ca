/** wrk as the generator: a second opinion on req/s, in C, with true latencies of its closed loop (it counts no send time). */
import { fileURLToPath } from "node:url";
import { type ExternalTool, headerLines, type ToolCounts, type ToolOrder } from "./external-tool.ts";
import { noFailures } from "./tally.ts";

export const wrk: ExternalTool = {
  command: "wrk",
  limit: "wrk takes every status below 400 for a success and does not check lengths.",
  refuse: () => undefined,
  launch({ url, request, connections, pipeline, seconds, threads }) {
    const headers = headerLines(request).flatMap((line) => ["-H", line]);
    const script = fileURLToPath(new URL("./wrk.lua", import.meta.url));
    return {
      // Whole seconds are all that it takes.
      args: [
        ...["-t", String(Math.min(threads, connections)), "-c", String(connections), "-d", `${Math.ceil(seconds)}s`],
        ...["-s", script, ...headers, url],
      ],
      environment: {
        FASTSERVE_METHOD: request.method,
        FASTSERVE_PIPELINE: String(pipeline),
        ...(request.body === null
          ? { FASTSERVE_BODY_BYTES: String(request.bodyBytes) }
          : { FASTSERVE_BODY: request.body }),
      },
    };
  },
  read: readWrk,
};

/** Reads the lines that `wrk.lua` prints. */
export function readWrk(output: string, _order?: ToolOrder): ToolCounts | undefined {
  const values = new Map(
    [...output.matchAll(/^fastserve\.(\w+) ([\d.e+]+)$/gm)].map((line) => [line[1], Number(line[2])]),
  );
  const value = (name: string): number => values.get(name) ?? Number.NaN;
  const status = value("errors_status");
  const quantiles = [...output.matchAll(/^fastserve\.latency_us ([\d.]+) ([\d.e+]+)$/gm)]
    // Dividing by 100 would not give the shares that others are compared with.
    .map((line) => ({ share: Number((Number(line[1]) / 100).toFixed(6)), us: Number(line[2]) }))
    .sort((one, other) => one.share - other.share);
  const counts: ToolCounts = {
    done: value("requests") - status,
    seconds: value("duration_us") / 1e6,
    quantiles,
    failures: {
      ...noFailures(),
      connect: value("errors_connect"),
      closed: value("errors_closed"),
      timeout: value("errors_timeout"),
      status,
    },
  };
  const isWhole = Number.isFinite(counts.done + counts.seconds + counts.failures.timeout) && quantiles.length > 0;
  // It has latencies only when it had answers.
  return isWhole ? { ...counts, quantiles: counts.done + status > 0 ? quantiles : [] } : undefined;
}
