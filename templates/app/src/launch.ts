/**
 * The entry of `npm start`, the container and the unit: turns the configuration's engine and allocator settings into
 * flags and environment, and replaces itself by the server. It runs with the runtime's defaults and holds no port.
 */
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LAUNCH_VARIABLE, launchVariable } from "./config/launch-facts.ts";
import { launchPlan } from "./config/launch-plan.ts";
import { launchRequest } from "./config/launch-request.ts";
import { type LoadedConfig, loadConfig } from "./config/load.ts";
import { ConfigError } from "./config/problem.ts";
import type { ServerConfig } from "./config/schema.ts";
import { checkBudget } from "./control/budget-check.ts";
import { ensureDevelopmentCertificate } from "./control/development-certificate.ts";
import { type HostReading, readHost } from "./control/host.ts";
import { sayLast } from "./log/sink.ts";
import { runtime } from "./wiring.ts";

const EXIT_CONFIG = 2;
const EXIT_FAILED = 1;
const EXIT_UNSAFE = 4;

launch();

function launch(): void {
  const directory = dirname(dirname(fileURLToPath(import.meta.url)));
  const host = readHost();
  const { config, profile } = prepareConfig(directory);
  refuseUnsafe(config, host, profile);
  const { adapter } = runtime;
  const plan = launchPlan(launchRequest({ config, adapter, host, environment: process.env, directory }));
  const { notes, preload, restore } = plan;
  const facts = launchVariable({ notes, host, restore, ...(preload ? { preload } : {}) });
  const environment = { ...plan.environment, [LAUNCH_VARIABLE]: facts };
  const args = [...plan.args, ...process.argv.slice(2)];
  runtime.exec(process.execPath, args, environment);
  // Reached only where a process cannot replace itself.
  runChild(process.execPath, args, environment);
}

/** The configuration, with the files that it names made where the server itself may lack the permission. */
function prepareConfig(directory: string): LoadedConfig {
  try {
    const loaded = loadConfig({ directory, environment: process.env });
    ensureDevelopmentCertificate(loaded.config.tls);
    return loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isConfig = error instanceof ConfigError;
    sayLast(isConfig ? `The configuration is not valid:\n${reason}\n` : `The server cannot be started: ${reason}\n`);
    return process.exit(isConfig ? EXIT_CONFIG : EXIT_FAILED);
  }
}

/** A server that cannot fit would be killed in the middle of its work, by a kernel that says no reason. */
function refuseUnsafe(config: ServerConfig, host: HostReading, profile: string | undefined): void {
  const { verdict, note } = checkBudget(config, host, runtime.adapter, profile);
  if (verdict !== "unsafe" || config.watchdog.on_unsafe === "warn") return;
  sayLast(`The server is not started: ${note}\n`);
  process.exit(EXIT_UNSAFE);
}

/** Stands in for the server: passes signals on and ends as it ends. */
function runChild(path: string, args: readonly string[], environment: Readonly<Record<string, string>>): void {
  const child = spawn(path, [...args], { stdio: "inherit", env: environment });
  // Not child.kill(): after that, Deno reports the signal as the child's end, whatever the child did with it.
  const forward = (signal: NodeJS.Signals) => child.pid !== undefined && process.kill(child.pid, signal);
  for (const signal of forwardedSignals()) process.on(signal, forward);
  // On a terminal Ctrl-C reaches the whole group; passing it on would count as the second signal, which exits at once.
  if (process.stdin.isTTY) process.on("SIGINT", () => undefined);
  child.on("error", (error) => {
    sayLast(`The server cannot be started: ${error.message}\n`);
    process.exit(EXIT_FAILED);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? EXIT_FAILED);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function forwardedSignals(): readonly NodeJS.Signals[] {
  if (process.platform === "win32") return ["SIGTERM"];
  const always: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR2"];
  return process.stdin.isTTY ? always : [...always, "SIGINT"];
}
