/** h2load (nghttp2) as the generator, over HTTP/1.1. Each request's status and time come from its log, so both are exact. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bodyText, type ExternalTool, hasBody, headerLines, type ToolCounts, type ToolOrder } from "./external-tool.ts";
import { newHistogram, recordUs } from "./latency-histogram.ts";
import type { RequestOrder } from "./order.ts";
import { noFailures } from "./tally.ts";

export const h2load: ExternalTool = {
  command: "h2load",
  limit: "h2load does not check lengths, opens no lost connection again, and does not say why a request failed.",
  refuse(request, pipeline) {
    if (hasBody(request) && pipeline > 1) return "h2load does not pipeline requests with a body";
    return methodReason(request);
  },
  launch(order) {
    const { url, request, connections, pipeline, seconds, threads } = order;
    if (hasBody(request)) writeFileSync(bodyFile(order), bodyText(request));
    // It adds to a log that is there: the warm-up would count.
    rmSync(logFile(order), { force: true });
    return {
      args: [
        ...["--h1", "-c", String(connections), "-t", String(Math.min(threads, connections)), "-m", String(pipeline)],
        ...["-D", `${Math.round(seconds * 1000)}ms`, `--log-file=${logFile(order)}`],
        ...headerLines(request).flatMap((line) => ["-H", line]),
        ...(hasBody(request) ? ["-d", bodyFile(order)] : []),
        url,
      ],
      environment: {},
    };
  },
  read: (output, order) => readH2load(output, readLog(order), order.request.expected.status),
};

/** `log`: start in microseconds, status, microseconds until the answer's end; separated by tabs. */
export function readH2load(output: string, log: string, expectedStatus: number): ToolCounts | undefined {
  const [, amount, unit] = /^finished in ([\d.]+)(us|ms|s|m|h),/m.exec(output) ?? [];
  const [, errored, timeout] = /^requests: .* (\d+) errored, (\d+) timeout$/m.exec(output) ?? [];
  if (amount === undefined || unit === undefined || errored === undefined) return undefined;
  const latency = newHistogram();
  const failures = { ...noFailures(), closed: Number(errored), timeout: Number(timeout) };
  let done = 0;
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf("\n", at);
    const line = log.slice(at, end === -1 ? log.length : end);
    at += line.length + 1;
    const [, status, us] = line.split("\t");
    if (status === String(expectedStatus)) {
      done += 1;
      recordUs(latency, Number(us));
    } else if (Number(status) > 0) failures.status += 1;
  }
  return { done, failures, latency, seconds: Number(amount) * (SECONDS_PER[unit] ?? Number.NaN) };
}

const SECONDS_PER: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

function methodReason(request: RequestOrder): string | undefined {
  const method = hasBody(request) ? "POST" : "GET";
  return request.method === method ? undefined : `h2load makes this a ${method} request`;
}

function bodyFile({ folder }: ToolOrder): string {
  return join(folder, "body");
}

function logFile({ folder }: ToolOrder): string {
  return join(folder, "h2load.log");
}

/** Nothing was logged where no connection could be made. */
function readLog(order: ToolOrder): string {
  try {
    return readFileSync(logFile(order), "latin1");
  } catch {
    return "";
  }
}
