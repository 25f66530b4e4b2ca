/**
 * `npm run bench:alloc`: what getting memory costs here, by way and by allocator, and with --uses, what each use of arenas
 * and pools in the server is worth.
 *
 * Idea: ratios between ways that take turns on one machine hold; nanoseconds from somewhere else do not. So nothing is
 * quoted: all of it is measured here, under every allocator that this host has, each proven to serve before it counts.
 */
import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../src/config/load.ts";
import { ConfigError } from "../src/config/problem.ts";
import type { ServerConfig } from "../src/config/schema.ts";
import { exitCodeOf, type StopSignal } from "../src/control/signals.ts";
import { findBackends } from "./alloc/backends.ts";
import { budgetFor, threadCountsFor } from "./alloc/budget.ts";
import { measureAll } from "./alloc/measure.ts";
import { type AllocOptions, helpText, parseAllocOptions } from "./alloc/options.ts";
import { reportText } from "./alloc/report.ts";
import { resultJson, resultOf } from "./alloc/result.ts";
import { readSurroundings } from "./alloc/surroundings.ts";
import { benchUses } from "./alloc/uses/bench-uses.ts";
import { BenchError } from "./cli/bench-error.ts";

const EXIT_ERRORS = 1;
const EXIT_CONFIG = 2;

/** The first signal that asked this process to end. */
let stoppedBy: StopSignal | undefined;

process.exit(await main());

async function main(): Promise<number> {
  try {
    const options = parseAllocOptions(process.argv.slice(2));
    if (options === "help") {
      process.stdout.write(helpText());
      return 0;
    }
    if (options.jsonFile !== undefined) checkFolder(options.jsonFile);
    const directory = fileURLToPath(new URL("..", import.meta.url));
    const { config } = loadConfig({ directory, environment: process.env });
    const interrupt = onSignals();
    const work = { directory, config, options, interrupt, progress };
    const output = options.mode === "uses" ? await benchUses(work) : await benchWays(config, options, interrupt);
    progress("");
    process.stdout.write(output.text);
    if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, output.json);
    return stoppedBy ? exitCodeOf(stoppedBy) : 0;
  } catch (error) {
    progress("");
    if (stoppedBy) return exitCodeOf(stoppedBy);
    if (error instanceof ConfigError) return complain(`The configuration is not valid:\n${error.message}`, EXIT_CONFIG);
    if (error instanceof BenchError) return complain(error.message, error.exitCode);
    throw error;
  }
}

async function benchWays({ allocator }: ServerConfig, options: AllocOptions, interrupt: AbortSignal) {
  const surroundings = readSurroundings(allocator.profile);
  const { adapter, host } = surroundings;
  const { present, missing } = findBackends(adapter, host, allocator.profile);
  const threadCounts = threadCountsFor(Math.floor(host.cpus));
  const budget = budgetFor(options.seconds, options.quick, present.length, threadCounts.length);
  const samples = await measureAll(present, { budget, threadCounts, interrupt, progress });
  if (samples.backends.length === 0) throw new BenchError("No allocator could be proven to serve.");
  const result = resultOf(samples, { surroundings, budget, interrupted: interrupt.aborted, missing });
  return { text: reportText(result), json: resultJson(result) };
}

/** The first signal ends the work with what was measured, the second one everything at once. */
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

/** Before minutes of work, not after them. */
function checkFolder(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new BenchError(`--json ${file}: ${folder} is not a folder that can be written to.`, EXIT_CONFIG);
  }
}

/** One line that replaces itself, for people who wait; nothing where it would end up in a file. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode || EXIT_ERRORS;
}
