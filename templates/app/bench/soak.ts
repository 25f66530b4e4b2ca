/**
 * `npm run soak`: runs the server under mixed traffic for minutes or days, and judges by slopes whether anything grows.
 *
 * Idea: what a server does wrong a thousandth of the time shows only as growth. So the traffic is full of clients that behave
 * badly, the figures are looked at each second and compared like with like, and a slope counts when its whole interval says so.
 */
import { accessSync, constants } from "node:fs";
import { loadavg } from "node:os";
import { dirname, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../src/config/load.ts";
import { ConfigError } from "../src/config/problem.ts";
import { readHost } from "../src/control/host.ts";
import { features, runtime } from "../src/wiring.ts";
import type { Project } from "./cases/bench.ts";
import { BenchError } from "./cli/bench-error.ts";
import { interruptedCode, onInterrupt } from "./cli/interrupt.ts";
import { readCpuModel, readGovernor, reportContext } from "./method/context.ts";
import { readNoise } from "./method/noise.ts";
import { durationText } from "./method/progress-line.ts";
import { textStyleOf } from "./report/text-style.ts";
import { writeWhole } from "./report/write-report.ts";
import { pinGenerator } from "./server/pinning.ts";
import { startServer } from "./server/server-process.ts";
import { parseSoakOptions, type SoakOptions, soakHelp } from "./soak/options.ts";
import { probeGround } from "./soak/probe-ground.ts";
import { type SoakReport, soakReport } from "./soak/soak-report.ts";
import { type SoakOrder, soakServer } from "./soak/soak-server.ts";
import { soakSettings } from "./soak/soak-settings.ts";
import { soakText } from "./soak/soak-text.ts";

const EXIT_FAILED = 1;
const EXIT_CONFIG = 2;
const MIB = 1024 ** 2;

const interrupt = onInterrupt();

process.exit(await main());

async function main(): Promise<number> {
  try {
    // The one place where chance comes in: it is printed, so that the run can be repeated.
    const options = parseSoakOptions(process.argv.slice(2), Math.floor(Math.random() * 2 ** 32));
    if (options === "help") {
      process.stdout.write(soakHelp());
      return 0;
    }
    if (options.jsonFile !== undefined) checkFolder(options.jsonFile);
    const directory = fileURLToPath(new URL("..", import.meta.url));
    const { config } = loadConfig({ directory, environment: process.env });
    const report = await soak({ directory, config, features: features.map(({ name }) => name) }, options);
    clearProgress();
    process.stdout.write(soakText(report, textStyleOf(process.stdout, process.env)));
    if (options.jsonFile !== undefined) writeWhole(options.jsonFile, `${JSON.stringify(report, undefined, 2)}\n`);
    return report.verdict === "failed" ? EXIT_FAILED : (interruptedCode(interrupt) ?? codeOf(report));
  } catch (error) {
    clearProgress();
    const interrupted = interruptedCode(interrupt);
    if (interrupted !== undefined) return interrupted;
    if (error instanceof ConfigError) return complain(`The configuration is not valid:\n${error.message}`, EXIT_CONFIG);
    if (error instanceof BenchError) return complain(error.message, error.exitCode);
    throw error;
  }
}

async function soak(project: Project, options: SoakOptions): Promise<SoakReport> {
  const startedAt = new Date();
  const host = readHost();
  const loadAverage = loadavg()[0] ?? 0;
  const { config } = project;
  const pinning = pinGenerator(config.workers.mode === "inline" ? 1 : config.workers.count);
  const noise = readNoise(loadAverage, host.cpus);
  const { adapter } = runtime;
  const program = options.paths.length > 0 ? "project" : "bench";
  const { settings, notes: settingNotes } = soakSettings(config);
  const server = await startServer({ ...project, adapter, pinning, host, program, settings });
  try {
    // Before the soak: what goes wrong here must not cost hours.
    const context = reportContext({
      ...project,
      runtime,
      pinning,
      host,
      cpuModel: readCpuModel(),
      governor: readGovernor(),
      loadAverage,
      noise,
      startedAt,
      quick: false,
      generator: "built-in",
      server,
    });
    const { ground, leftOut } = await probeGround({
      target: { host: server.host, port: server.port },
      adapter,
      paths: options.paths,
      features: project.features,
      bodyBytesMax: config.limits.body_bytes_max,
    });
    if (ground.paths.length === 0) throw new BenchError(`There is nothing to soak.\n${leftOut.join("\n")}`);
    const soaked = await soakServer({
      server,
      adapter,
      drainMs: config.timeouts.drain_ms,
      hasThreads: config.workers.mode === "threads",
      ground,
      options,
      interrupt: interrupt.signal,
      onProgress,
    });
    const interrupted = interrupt.signal.aborted;
    return soakReport({ context, options, ground, leftOut, settingNotes, soaked, interrupted });
  } finally {
    await server.stop();
  }
}

/** Nothing is said where it would end up in a file. */
function onProgress(...[phase, share, counts, memoryBytes]: Parameters<SoakOrder["onProgress"]>): void {
  if (!process.stderr.isTTY) return;
  const left = share > 0 ? `, about ${durationText((process.uptime() * (1 - share)) / share)} left` : "";
  const memory = Number.isNaN(memoryBytes) ? "" : `, ${(memoryBytes / MIB).toFixed(0)} MiB`;
  const done = `${(share * 100).toFixed(0)} %, ${counts.requests} requests`;
  process.stderr.write(`\r\x1b[Ksoak (${phase} workers): ${done}${memory}${left}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

function codeOf({ verdict }: SoakReport): number {
  return verdict === "passed" ? 0 : EXIT_FAILED;
}

/** Before hours of load, not after them. */
function checkFolder(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new BenchError(`--json ${file}: ${folder} is not a folder that can be written to.`, 2);
  }
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}
