/**
 * The entry of `npm start`, the container and the unit: turns the configuration's engine and allocator settings into
 * flags and environment, and replaces itself by the server. It runs with the runtime's defaults and holds no port.
 */
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findLibrary, loaderProbe } from "./config/allocator-library.ts";
import { LAUNCH_VARIABLE, launchVariable } from "./config/launch-facts.ts";
import { launchPlan } from "./config/launch-plan.ts";
import { loadConfig } from "./config/load.ts";
import { ConfigError } from "./config/problem.ts";
import type { ServerConfig } from "./config/schema.ts";
import { ensureDevelopmentCertificate } from "./control/development-certificate.ts";
import { readHost } from "./control/host.ts";
import { runtime } from "./wiring.ts";

const EXIT_CONFIG = 2;
const EXIT_FAILED = 1;

launch();

function launch(): void {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const directory = dirname(dirname(main));
  const host = readHost();
  const plan = launchPlan({
    config: prepareConfig(directory),
    adapter: runtime.adapter,
    host,
    environment: process.env,
    directory,
    main,
    findLibrary: (backend) => findLibrary(backend, host.arch, loaderProbe(process.execPath)),
  });
  const facts = launchVariable({ notes: plan.notes, host, preload: plan.preload });
  const environment = { ...plan.environment, [LAUNCH_VARIABLE]: facts };
  const args = [...plan.args, ...process.argv.slice(2)];
  runtime.exec(process.execPath, args, environment);
  // Reached only where a process cannot replace itself.
  runChild(process.execPath, args, environment);
}

/** The configuration, with the files that it names made where the server itself may lack the permission. */
function prepareConfig(directory: string): ServerConfig {
  try {
    const { config } = loadConfig({ directory, environment: process.env });
    ensureDevelopmentCertificate(config.tls);
    return config;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isConfig = error instanceof ConfigError;
    writeSync(
      2,
      isConfig ? `The configuration is not valid:\n${reason}\n` : `The server cannot be started: ${reason}\n`,
    );
    return process.exit(isConfig ? EXIT_CONFIG : EXIT_FAILED);
  }
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
    writeSync(2, `The server cannot be started: ${error.message}\n`);
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
