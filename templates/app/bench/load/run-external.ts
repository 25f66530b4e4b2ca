/** Runs a load with wrk, oha or h2load: closed loops of one kind of request, which is what all of them can. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { BenchError } from "../cli/bench-error.ts";
import { endedChildrenCpuSeconds } from "../server/cpu-time.ts";
import { runTool } from "./external-process.ts";
import type { ExternalTool, ToolCounts, ToolOrder } from "./external-tool.ts";
import { h2load } from "./h2load.ts";
import { oha } from "./oha.ts";
import type { LoadCounts, LoadOrder, LoadTimes } from "./order.ts";
import { isChunked } from "./request-image.ts";
import type { RunLoadOptions } from "./run-load.ts";
import { wrk } from "./wrk.ts";

export const externalTools = { wrk, oha, h2load } as const satisfies Readonly<Record<string, ExternalTool>>;
export type ToolName = keyof typeof externalTools;

/** Why the tool cannot make this load, a sentence without its end; undefined: it can. */
export function refusalOf(tool: ToolName, order: LoadOrder): string | undefined {
  if (order.kind !== "http") return `${tool} makes HTTP requests only`;
  if (order.model.kind === "open")
    return `${tool} is used for closed loops only: the built-in generator makes open ones`;
  if (order.requestsPerConnection > 0) return `${tool} does not close connections after a number of requests`;
  const [request, ...others] = order.requests;
  if (!request || others.length > 0) return `${tool} makes one kind of request at a time`;
  if (request.method !== "GET" && request.method !== "POST") return `${tool} is used for GET and POST only`;
  // The order has its bytes framed already, and the tool would frame them once more.
  if (isChunked(request)) return `${tool} frames bodies itself`;
  return externalTools[tool].refuse(request, order.model.pipeline);
}

/**
 * Like `runLoad`, but the measured time is that of the whole tool: from its start to its end, with the opening of its
 * connections. Undefined: interrupted before the tool had anything to tell.
 */
export async function runExternal(
  name: ToolName,
  order: LoadOrder,
  times: LoadTimes,
  { threads, interrupt, onWindow }: Omit<RunLoadOptions, "spins">,
): Promise<LoadCounts | undefined> {
  const refusal = refusalOf(name, order);
  if (refusal !== undefined) throw new BenchError(`--with ${name}: ${refusal}; leave it out for this bench.`, 2);
  const folder = mkdtempSync(join(tmpdir(), "fastserve-load-"));
  try {
    const tool: ExternalTool = externalTools[name];
    const toolOrder = toolOrderOf(order, { threads: Math.max(1, threads), folder });
    if (times.warmupSeconds > 0) await runFor(tool, { ...toolOrder, seconds: times.warmupSeconds }, interrupt);
    if (interrupt.aborted) return undefined;
    const cpuStart = endedChildrenCpuSeconds();
    const closeWindow = onWindow();
    const counts = await runFor(tool, { ...toolOrder, seconds: times.seconds }, interrupt);
    closeWindow();
    const cpuSeconds = endedChildrenCpuSeconds() - cpuStart;
    return counts && loadCounts(counts, toolOrder, process.platform === "linux" ? cpuSeconds : null);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runFor(tool: ExternalTool, order: ToolOrder, interrupt: AbortSignal): Promise<ToolCounts | undefined> {
  const { code, stdout, stderr } = await runTool(tool.command, tool.launch(order), interrupt);
  const counts = tool.read(stdout, order);
  if (counts || interrupt.aborted) return counts;
  throw new BenchError(`${tool.command} failed (exit ${code}):\n${`${stdout}\n${stderr}`.trim()}`);
}

function toolOrderOf(order: LoadOrder, parts: Pick<ToolOrder, "threads" | "folder">): ToolOrder {
  const request = order.kind === "http" ? order.requests[0] : undefined;
  if (order.kind !== "http" || !request) throw new RangeError("this order was to be refused");
  const { host, port } = order.target;
  return {
    ...parts,
    url: `http://${host}:${port}${request.path}`,
    request,
    connections: order.connections,
    pipeline: order.model.kind === "closed" ? order.model.pipeline : 1,
    seconds: 0,
  };
}

function loadCounts(
  { done, failures, seconds, latency, quantiles }: ToolCounts,
  { request, threads }: ToolOrder,
  generatorCpuSeconds: number | null,
): LoadCounts {
  const sentBytes = request.body === null ? request.bodyBytes : new TextEncoder().encode(request.body).length;
  return {
    done,
    failures,
    seconds,
    latency: latency ?? new Float64Array(0),
    ...(quantiles ? { quantiles } : {}),
    lateness: new Float64Array(0),
    // Not counted by these tools: what the expected answers come to.
    bytesIn: done * (request.expected.bodyBytes ?? 0),
    bytesOut: done * sentBytes,
    generatorCpuSeconds,
    generatorThreads: threads,
  };
}
