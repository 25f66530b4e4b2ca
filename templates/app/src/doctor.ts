/**
 * `npm run doctor`: is this host ready for the plan? Idea: whatever would go wrong at the start, or would make the server
 * other than it was planned, is looked at beforehand, where it will run, and told with its reason and the next step.
 * Exit statuses: 0 ready (warnings allowed), 2 the configuration or the call is not valid, 4 not ready.
 */
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { hostNotes, launchPlan } from "./config/launch-plan.ts";
import { launchRequest } from "./config/launch-request.ts";
import { type LoadedConfig, loadConfig } from "./config/load.ts";
import { ConfigError } from "./config/problem.ts";
import { readHost } from "./control/host.ts";
import { checkAllocator } from "./doctor/check-allocator.ts";
import { checkFiles } from "./doctor/check-files.ts";
import { checkMachine } from "./doctor/check-machine.ts";
import { checkPorts } from "./doctor/check-ports.ts";
import { checkTarget } from "./doctor/check-target.ts";
import { type Finding, ok, problem } from "./doctor/finding.ts";
import { isReady, reportJson, reportText } from "./doctor/report.ts";
import { runtime } from "./wiring.ts";

const EXIT_INVALID = 2;
const EXIT_NOT_READY = 4;

const directory = dirname(dirname(fileURLToPath(import.meta.url)));
process.exitCode = await doctor(process.argv.slice(2));

async function doctor(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`doctor: ${unknown} is no option; the only one is --json.\n`);
    return EXIT_INVALID;
  }
  const report = args.includes("--json") ? reportJson : reportText;
  const loaded = readConfig();
  if (!("config" in loaded)) {
    process.stdout.write(report([loaded]));
    return EXIT_INVALID;
  }
  const findings = await examine(loaded);
  process.stdout.write(report(findings));
  return isReady(findings) ? 0 : EXIT_NOT_READY;
}

function readConfig(): LoadedConfig | Finding {
  try {
    return loadConfig({ directory, environment: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const value = error.message.trim().replaceAll("\n", "; ");
    return problem("configuration", value, "The server does not start with it.", "correct the settings that it names");
  }
}

async function examine(loaded: LoadedConfig): Promise<readonly Finding[]> {
  const { config, files, origin, profile } = loaded;
  const host = readHost();
  const overrides = Object.values(origin).filter((layer) => layer !== "tuned").length;
  const { adapter, version, pinned } = runtime;
  const request = launchRequest({ config, adapter, host, directory, environment: process.env });
  const plan = launchPlan(request);
  const said = new Set(hostNotes(request));
  return [
    ok("configuration", `${files.join(", ")}; ${overrides} overridden`, "Every setting is valid."),
    ...checkMachine({ config, adapter, version, pinned, host, profile }),
    checkTarget(loaded, host),
    // The machine's rows say the others.
    checkAllocator({ config, adapter, os: host.os, plan, notes: plan.notes.filter((note) => !said.has(note)) }),
    ...(await checkPorts(config)),
    ...checkFiles(config, Date.now()),
  ];
}
