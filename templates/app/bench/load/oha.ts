/** oha as the generator: a third opinion, in Rust. Versions without --output-format (they had -j) say so themselves and are not used. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ANSWER_MS_MAX } from "./answer-limit.ts";
import { bodyText, type ExternalTool, hasBody, headerLines, type ToolCounts } from "./external-tool.ts";
import type { LatencyPoint } from "./latency-histogram.ts";
import { type FailureKind, noFailures } from "./tally.ts";

export const oha: ExternalTool = {
  command: "oha",
  limit: "oha does not check lengths, and its latencies include failed requests.",
  refuse: (_request, pipeline) => (pipeline > 1 ? "oha does not pipeline" : undefined),
  launch({ url, request, connections, seconds, threads, folder }) {
    const body = join(folder, "body");
    if (hasBody(request)) writeFileSync(body, bodyText(request));
    return {
      args: [
        ...["-z", `${Math.round(seconds * 1000)}ms`, "-c", String(connections), "-t", `${ANSWER_MS_MAX}ms`],
        // Answers must be those that the others get: unencoded, and not those of another page.
        ...["--no-tui", "--disable-compression", "-r", "0", "--http-version", "1.1", "--output-format", "json"],
        ...["-m", request.method],
        ...headerLines(request).flatMap((line) => ["-H", line]),
        ...(hasBody(request) ? ["-D", body] : []),
        url,
      ],
      environment: { TOKIO_WORKER_THREADS: String(threads) },
    };
  },
  read: (output, { request }) => readOha(output, request.expected.status),
};

/** The part of oha's JSON (schema.json in its repository) that is read here. */
interface OhaReport {
  readonly summary: { readonly total: number; readonly fastest: number | null; readonly slowest: number | null };
  readonly latencyPercentiles: Readonly<Record<string, number | null>>;
  readonly statusCodeDistribution: Readonly<Record<string, number>>;
  readonly errorDistribution: Readonly<Record<string, number>>;
}

const shares: Readonly<Record<string, number>> = {
  p25: 0.25,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  "p99.9": 0.999,
  "p99.99": 0.9999,
};

export function readOha(output: string, expectedStatus: number): ToolCounts | undefined {
  const report = parseReport(output);
  if (!report) return undefined;
  const { summary, latencyPercentiles, statusCodeDistribution, errorDistribution } = report;
  const failures = noFailures();
  for (const [text, count] of Object.entries(errorDistribution)) {
    const kind = kindOf(text);
    if (kind) failures[kind] += count;
  }
  let done = 0;
  for (const [status, count] of Object.entries(statusCodeDistribution)) {
    if (status === String(expectedStatus)) done += count;
    else failures.status += count;
  }
  const quantiles: readonly LatencyPoint[] = [
    pointOf(0, summary.fastest),
    ...Object.entries(shares).map(([name, share]) => pointOf(share, latencyPercentiles[name])),
    pointOf(1, summary.slowest),
  ].flat();
  return { done, failures, seconds: summary.total, quantiles };
}

function parseReport(output: string): OhaReport | undefined {
  try {
    const report = JSON.parse(output) as Partial<OhaReport> | null;
    const isWhole =
      report?.summary && report.latencyPercentiles && report.statusCodeDistribution && report.errorDistribution;
    return isWhole ? (report as OhaReport) : undefined;
  } catch {
    // An error text stands there instead; the caller shows it.
    return undefined;
  }
}

function pointOf(share: number, seconds: number | null | undefined): readonly LatencyPoint[] {
  return typeof seconds === "number" ? [{ share, us: seconds * 1e6 }] : [];
}

/** The texts are those of its libraries and may change. Undefined: no failure, but a request that the end of the time cut. */
function kindOf(text: string): FailureKind | undefined {
  if (/deadline/i.test(text)) return undefined;
  if (/time(d )?out/i.test(text)) return "timeout";
  return /connect(ion refused|ing| error)|refused/i.test(text) ? "connect" : "closed";
}
