/** wrk as the generator: a second opinion on req/s, in C. It checks statuses, not lengths. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BenchError } from "../cli/bench-error.ts";
import { killOnExit } from "../server/kill-on-exit.ts";
import type { LoadTarget } from "./load.ts";
import { type Failures, noFailures } from "./tally.ts";

export interface WrkResult {
  /** Answers with a status below 400. */
  readonly requests: number;
  readonly seconds: number;
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly p999: number };
  readonly failures: Failures;
}

/** Runs until the time is over or `interrupt` is aborted; wrk then reports what it has. It inherits this process's CPU. */
export function runWrk(
  target: LoadTarget,
  connections: number,
  seconds: number,
  interrupt: AbortSignal,
): Promise<WrkResult> {
  const script = fileURLToPath(new URL("./wrk.lua", import.meta.url));
  const url = `http://${target.host}:${target.port}${target.path}`;
  const args = ["-t", "1", "-c", String(connections), "-d", `${seconds}s`, "-s", script, url];
  return new Promise((resolve, reject) => {
    // A group of its own, so that Ctrl-C reaches it once, from here.
    const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
    killOnExit(child);
    const stop = () => void child.kill("SIGINT");
    if (interrupt.aborted) stop();
    else interrupt.addEventListener("abort", stop, { once: true });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", (error) => {
      const missing = (error as { code?: unknown }).code === "ENOENT";
      const reason = missing ? "it is not installed; leave --with out for the built-in generator" : error.message;
      reject(new BenchError(`wrk cannot be started: ${reason}.`));
    });
    child.once("close", (code) => {
      interrupt.removeEventListener("abort", stop);
      const result = parseWrk(output);
      if (result) resolve(result);
      else reject(new BenchError(`wrk failed (exit ${code}):\n${output.trim()}`));
    });
  });
}

/** Reads the lines that `wrk.lua` prints; undefined when they are not there. */
export function parseWrk(output: string): WrkResult | undefined {
  const values = new Map(
    [...output.matchAll(/^fastserve\.(\w+) ([\d.e+]+)$/gm)].map((line) => [line[1], Number(line[2])]),
  );
  const value = (name: string): number => values.get(name) ?? Number.NaN;
  const status = value("errors_status");
  const result: WrkResult = {
    requests: value("requests") - status,
    seconds: value("duration_us") / 1e6,
    latencyUs: { p50: value("p50_us"), p99: value("p99_us"), p999: value("p999_us") },
    failures: {
      ...noFailures(),
      connect: value("errors_connect"),
      closed: value("errors_closed"),
      timeout: value("errors_timeout"),
      status,
    },
  };
  return Number.isNaN(result.requests + result.seconds + result.latencyUs.p999) ? undefined : result;
}
