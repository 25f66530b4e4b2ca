/**
 * One run: a fresh server, one probing request, warm-up, the measured time, and the server stopped again.
 * CPU times and counters are read at the same two moments, so that requests and what they cost belong together.
 */
import process from "node:process";
import type { BenchOptions } from "../cli/options.ts";
import { askOnce, type LoadTarget, startLoad } from "../load/load.ts";
import type { Expected } from "../load/tally.ts";
import { runWrk } from "../load/wrk.ts";
import { type Counts, figuresOf, type Run } from "../report/figures.ts";
import { cpuSecondsOf, endedChildrenCpuSeconds, processTree, residentOf } from "../server/cpu-time.ts";
import type { ServerProcess } from "../server/server-process.ts";

export interface MeasureOptions {
  readonly options: BenchOptions;
  /** Aborted by Ctrl-C: what was measured so far is the result. */
  readonly interrupt: AbortSignal;
}

/** Why CPU and memory are missing where they are. */
export const PROC_REASON = process.platform === "linux" ? undefined : `there is no /proc on ${process.platform}`;

/** Loads a server that is ready; undefined when the interrupt came before anything was measured. */
export async function measure(server: ServerProcess, { options, interrupt }: MeasureOptions): Promise<Run | undefined> {
  const target = { host: server.host, port: server.port, path: options.path };
  const expected = await Promise.race([askOnce(target), server.died]);
  const load = options.generator === "wrk" ? loadWithWrk : loadBuiltIn;
  const counts = await load({ server, target, expected, options, interrupt });
  return counts && { figures: figuresOf(counts), failures: counts.failures };
}

interface LoadOptions extends MeasureOptions {
  readonly server: ServerProcess;
  readonly target: LoadTarget;
  readonly expected: Expected;
}

async function loadBuiltIn({ server, target, expected, options, interrupt }: LoadOptions): Promise<Counts | undefined> {
  const load = startLoad(target, options.connections, expected);
  const { tally } = load;
  try {
    await Promise.race([pause(options.warmupSeconds, interrupt), server.died]);
    if (interrupt.aborted) return undefined;
    const usage = usageOf(server.pid);
    const startMs = performance.now();
    const generatorStart = process.cpuUsage();
    tally.reset();
    await Promise.race([pause(options.seconds, interrupt), server.died]);
    const serverUsage = usage();
    const seconds = (performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage(generatorStart);
    return {
      ...serverUsage,
      requests: tally.requests,
      failures: { ...tally.failures },
      seconds,
      latencyUs: { p50: tally.latencyUs(0.5), p99: tally.latencyUs(0.99), p999: tally.latencyUs(0.999) },
      generatorCpuSeconds: (user + system) / 1e6,
    };
  } finally {
    load.stop();
  }
}

async function loadWithWrk({ server, target, options, interrupt }: LoadOptions): Promise<Counts | undefined> {
  const { connections, seconds, warmupSeconds } = options;
  const death = new AbortController();
  server.died.catch(() => death.abort());
  const end = AbortSignal.any([interrupt, death.signal]);
  const run = (time: number) => Promise.race([runWrk(target, connections, time, end), server.died]);
  if (warmupSeconds > 0) await run(warmupSeconds);
  if (interrupt.aborted) return undefined;
  const usage = usageOf(server.pid);
  const generatorStart = PROC_REASON ? undefined : endedChildrenCpuSeconds();
  const result = await run(seconds);
  const generatorCpuSeconds = generatorStart === undefined ? undefined : endedChildrenCpuSeconds() - generatorStart;
  return { ...result, ...usage(), generatorCpuSeconds };
}

type ServerUsage = Pick<Counts, "serverCpuSeconds" | "resident">;

/** Starts the server's meter; the returned function reads it. */
function usageOf(pid: number): () => ServerUsage {
  if (PROC_REASON) return () => ({ serverCpuSeconds: undefined, resident: undefined });
  // The tree is taken once: the server starts no processes while it serves, and listing all of them takes a while.
  const pids = processTree(pid);
  const start = cpuSecondsOf(pids);
  return () => ({ serverCpuSeconds: cpuSecondsOf(pids) - start, resident: residentOf(pids) });
}

/** Resolves after this time, or at once when interrupted. */
function pause(seconds: number, interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interrupt.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      interrupt.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    interrupt.addEventListener("abort", end);
  });
}
