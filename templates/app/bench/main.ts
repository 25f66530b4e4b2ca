/**
 * `npm run bench`: loads this project's real server and reports what a request costs it.
 *
 * Idea: the server is started as `npm start` starts it, on cores of its own, and is judged by its CPU time per request:
 * that figure holds even when the generator, not the server, is the one that cannot go faster.
 */
import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../src/config/load.ts";
import { ConfigError } from "../src/config/problem.ts";
import type { ServerConfig } from "../src/config/schema.ts";
import { readHost } from "../src/control/host.ts";
import { exitCodeOf, type StopSignal } from "../src/control/signals.ts";
import { runtime } from "../src/wiring.ts";
import { BenchError } from "./cli/bench-error.ts";
import { type BenchOptions, helpText, parseOptions } from "./cli/options.ts";
import { benchContext } from "./method/context.ts";
import { measure, PROC_REASON } from "./method/measure.ts";
import type { Run } from "./report/figures.ts";
import { type Result, reportJson, reportText } from "./report/report.ts";
import { pinGenerator } from "./server/pinning.ts";
import { startServer } from "./server/server-process.ts";

const EXIT_ERRORS = 1;
const EXIT_CONFIG = 2;

/** The first signal that asked this process to end. */
let stoppedBy: StopSignal | undefined;

process.exit(await main());

async function main(): Promise<number> {
  try {
    const directory = fileURLToPath(new URL("..", import.meta.url));
    const { config } = loadConfig({ directory, environment: process.env });
    const { connections_max: connectionsMax, in_flight_max: inFlightMax } = config.limits;
    const options = parseOptions(process.argv.slice(2), { connectionsMax, inFlightMax });
    if (options === "help") {
      process.stdout.write(helpText());
      return 0;
    }
    return await bench(directory, config, options);
  } catch (error) {
    if (stoppedBy) return exitCodeOf(stoppedBy);
    if (error instanceof ConfigError) return complain(`The configuration is not valid:\n${error.message}`, EXIT_CONFIG);
    if (error instanceof BenchError) return complain(error.message, error.exitCode);
    throw error;
  }
}

async function bench(directory: string, config: ServerConfig, options: BenchOptions): Promise<number> {
  const { jsonFile } = options;
  if (jsonFile !== undefined) checkFolder(jsonFile);
  const interrupt = onSignals();
  const host = readHost();
  const pinning = pinGenerator();
  const runs: Run[] = [];
  let allocator = "unknown";
  while (runs.length < options.runs && !interrupt.aborted) {
    const server = await startServer({ directory, adapter: runtime.adapter, config, pinning });
    allocator = server.allocator;
    progress(`run ${runs.length + 1} of ${options.runs}: ${options.warmupSeconds} s + ${options.seconds} s ...`);
    try {
      const run = await measure(server, { options, interrupt });
      // A run cut short counts only when there is no whole one.
      if (run && (runs.length === 0 || !interrupt.aborted)) runs.push(run);
    } finally {
      await server.stop();
    }
  }
  progress("");
  if (runs.length === 0) return complain("Ended before anything was measured.", interruptedCode());
  const context = benchContext({ config, runtime, options, pinning, host, allocator, missing: PROC_REASON });
  const result: Result = { options, context, runs, interrupted: interrupt.aborted };
  process.stdout.write(reportText(result));
  if (jsonFile !== undefined) writeFileSync(jsonFile, reportJson(result));
  if (stoppedBy) return interruptedCode();
  return runs.some((run) => run.figures.errors_count > 0) ? EXIT_ERRORS : 0;
}

/** The first signal ends the load with what was measured, the second one everything at once. */
function onSignals(): AbortSignal {
  const interrupt = new AbortController();
  const onSignal = (signal: StopSignal) => {
    if (stoppedBy) process.exit(exitCodeOf(signal));
    stoppedBy = signal;
    interrupt.abort();
  };
  process.on("SIGINT", () => onSignal("SIGINT"));
  process.on("SIGTERM", () => onSignal("SIGTERM"));
  return interrupt.signal;
}

function interruptedCode(): number {
  return stoppedBy ? exitCodeOf(stoppedBy) : EXIT_ERRORS;
}

/** Before minutes of load, not after them. */
function checkFolder(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new BenchError(`--json ${file}: ${folder} is not a folder that can be written to.`, 2);
  }
}

/** One line that replaces itself, for people who wait; nothing where it would end up in a file. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}
