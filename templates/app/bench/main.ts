/**
 * `npm run bench`: loads this project's real server and reports what it can do and what a request costs it.
 *
 * Idea: the server is started as `npm start` starts it, on cores of its own; cases take turns on fresh servers; a figure is
 * the median of its runs with an interval. What the machine was like stands beside it, and what was promised below it.
 */
import { loadavg } from "node:os";
import { basename } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../src/config/load.ts";
import { ConfigError } from "../src/config/problem.ts";
import { readHost } from "../src/control/host.ts";
import { features, runtime } from "../src/wiring.ts";
import type { Project } from "./cases/bench.ts";
import { chosenBenches } from "./cases/chosen-benches.ts";
import { listText } from "./cases/list-text.ts";
import { hasErrors, runBenches } from "./cases/run-benches.ts";
import { benches } from "./cases/table.ts";
import { BenchError } from "./cli/bench-error.ts";
import { interruptedCode, onInterrupt } from "./cli/interrupt.ts";
import { type BenchOptions, helpText, parseOptions } from "./cli/options.ts";
import { differencesToTell } from "./method/comparable.ts";
import { type ContextSources, readCpuModel, readGovernor, reportContext } from "./method/context.ts";
import { readNoise } from "./method/noise.ts";
import { ProgressLine } from "./method/progress-line.ts";
import { makeSession } from "./method/session.ts";
import { against } from "./report/against.ts";
import { againstText } from "./report/against-text.ts";
import { type BenchName, type BenchReport, SCHEMA_VERSION } from "./report/document.ts";
import { earlierReport, refuseIncomparable, refuseInVain } from "./report/earlier-report.ts";
import { type ReportFiles, reportFiles, writeReports, writtenText } from "./report/report-files.ts";
import { reportText } from "./report/terminal.ts";
import { textStyleOf } from "./report/text-style.ts";
import { pinGenerator } from "./server/pinning.ts";
import type { ServerProcess } from "./server/server-process.ts";
import { imageBytesCompressed } from "./targets/image-size.ts";
import { targetRows } from "./targets/target-rows.ts";
import type { TargetSources } from "./targets/target-sources.ts";

const EXIT_ERRORS = 1;
const EXIT_CONFIG = 2;
const EXIT_SLOWER = 3;

const interrupt = onInterrupt();
const line = new ProgressLine(process.stderr);

process.exit(await main());

async function main(): Promise<number> {
  try {
    const directory = fileURLToPath(new URL("..", import.meta.url));
    const { config } = loadConfig({ directory, environment: process.env });
    const options = parseOptions(process.argv.slice(2), config);
    if (options === "help") return say(helpText(config));
    const project = { directory, config, features: features.map((feature) => feature.name) };
    if (options.list) return say(listText(benches, project, options.sizes));
    return await bench(project, options);
  } catch (error) {
    line.clear();
    // Said after Ctrl-C too: a report that could not be written is nowhere.
    const interrupted = interruptedCode(interrupt);
    if (error instanceof ConfigError)
      return complain(`The configuration is not valid:\n${error.message}`, interrupted ?? EXIT_CONFIG);
    if (error instanceof BenchError) return complain(error.message, interrupted ?? error.exitCode);
    throw error;
  }
}

async function bench(project: Project, options: BenchOptions): Promise<number> {
  const { config, directory } = project;
  const startedAt = new Date();
  const chosen = chosenBenches(benches, options.names, project);
  const before = earlierReport(options.against, directory);
  const image = await imageSize(options.imageFile);
  const host = readHost();
  const loadAverage = loadavg()[0] ?? 0;
  const pinning = pinGenerator(config.workers.mode === "inline" ? 1 : config.workers.count);
  const noise = readNoise(loadAverage, host.cpus);
  const surroundings = { host, pinning, noise, loadAverage, cpuModel: readCpuModel(), governor: readGovernor() };
  const contextWith = (server: ContextSources["server"]) =>
    reportContext({
      ...project,
      ...surroundings,
      runtime,
      startedAt,
      quick: options.quick,
      generator: options.generator,
      server,
    });
  if (before) {
    refuseIncomparable(before, contextWith(undefined));
    refuseInVain(before, { ...options.sizes, names: chosen.map(({ name }) => name) });
  }
  const files = reportFiles(directory, options, startedAt);
  let server: ContextSources["server"];
  const onServer = (started: ServerProcess) => {
    server = started;
  };
  const parts = { ...project, ...options, adapter: runtime.adapter, host, pinning, interrupt: interrupt.signal };
  const { documents, failed } = await runBenches(chosen, makeSession({ ...parts, line, onServer }), line);
  line.clear();
  const context = contextWith(server);
  const refusalOf = (name: BenchName) => benches.find((each) => each.name === name)?.refuse(project);
  const report: BenchReport = {
    schema_version: SCHEMA_VERSION,
    kind: "fastserve-bench",
    interrupted: interrupt.signal.aborted,
    context,
    benches: documents,
    targets: targetRows(
      { benches: documents, context, connectionsMax: config.limits.connections_max, image, refusalOf },
      options.names,
    ),
  };
  const code = publish(report, files, before);
  return interruptedCode(interrupt) ?? (failed || hasErrors(documents) ? EXIT_ERRORS : code);
}

/** @returns the exit status that the comparison with an earlier report asks for */
function publish(report: BenchReport, files: ReportFiles, before: BenchReport | undefined): number {
  const style = textStyleOf(process.stdout, process.env);
  process.stdout.write(reportText(report, style));
  writeReports(files, report);
  process.stdout.write(writtenText(files));
  if (!before) return 0;
  const comparison = against(before, report);
  const notes = differencesToTell(before, report.context).map((note) => `${note}\n`);
  const head = `Compared with the report of ${before.context.started_at}.\n`;
  process.stdout.write(`\n${head}${againstText(comparison, style)}${notes.join("")}`);
  // Who asks for a comparison and gets none must not take it for a pass.
  if (comparison.changes.length === 0) return EXIT_ERRORS;
  return comparison.changes.some(({ verdict }) => verdict === "worse") ? EXIT_SLOWER : 0;
}

async function imageSize(file: string | undefined): Promise<TargetSources["image"]> {
  if (file === undefined) return { reason: "--image FILE measures the archive of an image that you have built" };
  return { bytes: await imageBytesCompressed(file), file: basename(file) };
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}
