/**
 * The real server as a child process, always stopped: this project's own as `npm start` starts it, or the same control
 * plane, features and settings with the bench's routes. It listens on ports that the kernel chooses, and says in its
 * log which.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../src/config/load.ts";
import type { ServerConfig } from "../../src/config/schema.ts";
import type { HostReading } from "../../src/control/host.ts";
import { type AdapterName, runtimeOf } from "../../src/runtime/capabilities.ts";
import { projectConfig } from "../alloc/program-args.ts";
import type { ServerSpec } from "../cases/bench.ts";
import { BenchError } from "../cli/bench-error.ts";
import { endChild, untilGone } from "./end-tree.ts";
import { killGroup, killOnExit } from "./kill-on-exit.ts";
import {
  type LaunchCommand,
  launchCommand,
  type SettingTexts,
  serverHost,
  settingVariables,
} from "./launch-command.ts";
import { limitsOff } from "./limits-off.ts";
import { type Pinning, pinServer } from "./pinning.ts";
import { type Metrics, readMetrics } from "./read-metrics.ts";
import { type StartedLine, startedLineIn } from "./started-line.ts";

export interface ServerProcess {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  /** What the server says of the allocator that serves it, such as "mimalloc 3.5.3". */
  readonly allocator: string;
  /** Where this host falls short of the plan, in the server's words; "": nowhere. */
  readonly notes: string;
  /** By `performance.now()`: the moment before the process was started. */
  readonly spawnedMs: number;
  /** Rejects when the server ends by itself; never resolves. */
  readonly died: Promise<never>;
  /** The server's own figures, as its admin listener tells them now. */
  metrics(): Promise<Metrics>;
  /** SIGTERM, and SIGKILL after the drain deadline. Resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface ServerOptions extends ServerSpec {
  /** The project's folder. */
  readonly directory: string;
  readonly adapter: AdapterName;
  readonly config: ServerConfig;
  readonly pinning: Pinning;
  /** Read before this process was pinned; undefined: it is not. */
  readonly host?: HostReading;
}

const HOST = "127.0.0.1";
/** A cold start takes well below a second; a loaded CI machine gets this. */
const READY_MS_MAX = 30_000;
/** Added to the drain's own time: the admin listener's drain (1 s) and the way out. */
const STOP_MARGIN_MS = 3000;
/** From the end of the server to that of its outputs; what it wrote has arrived by then. */
const OUTPUTS_MS_MAX = 1000;
/** The end of what a failing server said; the reason stands there. */
const OUTPUT_CHARS_MAX = 8192;

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { args, environment } = commandOf(options);
  const [program = "", ...rest] = pinServer(options.pinning, [process.execPath, ...args]);
  const spawnedMs = performance.now();
  const child = spawn(program, rest, {
    cwd: options.directory,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C on the terminal ends the load first, and then the load ends the server.
    detached: true,
  });
  killOnExit(child);
  const output = lastWords(child);
  const gone = untilGone(child, OUTPUTS_MS_MAX);
  const died = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new BenchError(`The server cannot be started: ${error.message}`)));
    child.once("close", (code, signal) =>
      reject(new BenchError(`The server ended by itself (${signal ?? `exit ${code}`}).\n${output()}`.trimEnd())),
    );
  });
  // Nobody listens while it is stopped on purpose.
  died.catch(() => undefined);
  const stop = () => stopChild(child, gone, options.config.timeouts.drain_ms + STOP_MARGIN_MS);
  try {
    const { dataPort, adminPort, allocator, notes } = await Promise.race([untilStarted(child, output), died]);
    const metrics = () => readMetrics(HOST, adminPort);
    const pid = child.pid ?? 0;
    return { pid, host: HOST, port: dataPort, adminPort, allocator, notes, spawnedMs, died, metrics, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How a server of this project is started for a bench. */
function commandOf(options: ServerOptions): LaunchCommand {
  const { directory, adapter, config, program, settings, features, host, pinning } = options;
  const { keys } = limitsOff(config);
  const off: SettingTexts = Object.fromEntries(keys.map((key) => [key, "0"]));
  const all: SettingTexts = { ...benchSettings(config), ...off, ...settings };
  const environment = { ...inherited(), ...settingVariables(all) };
  // Where one project is tried on several adapters, the launch would start the one of its own configuration.
  const launches = program === "project" && projectConfig().length === 0;
  if (launches) {
    const launch = resolve(directory, "src/launch.ts");
    return { args: runtimeOf(adapter) === "bun" ? [launch] : ["run", "--allow-all", launch], environment };
  }
  const effective = loadConfig({ directory, environment }).config;
  const main = program === "project" ? resolve(directory, "src/main.ts") : APP_MAIN;
  const args = program === "project" ? [] : [directory, ...(features === undefined ? [] : [features.join(",")])];
  const seen = host && serverHost(host, pinning);
  return launchCommand({ directory, config: effective, main, args, settings: all, ...(seen ? { host: seen } : {}) });
}

const APP_MAIN = fileURLToPath(new URL("./app/main.ts", import.meta.url));

/** What differs from `npm start` for every server of the bench. */
export function benchSettings({ log }: Pick<ServerConfig, "log">): SettingTexts {
  return {
    "server.host": HOST,
    "server.port": "0",
    "admin.host": HOST,
    "admin.port": "0",
    // The generator speaks plain HTTP, and no load balancer has to notice the end.
    "tls.mode": "off",
    "timeouts.drain_delay_ms": "0",
    // The line that tells the ports; what else is logged stays as it was.
    "log.format": "json",
    ...(log.level === "debug" || log.level === "info" ? {} : { "log.level": "info", "log.requests": "none" }),
    // A laptop that is smaller than the plan's target can still be measured.
    "watchdog.on_unsafe": "warn",
  };
}

function inherited(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The end of both outputs. All is read, and costs one read for each batch of lines: a full pipe would lose lines. */
function lastWords(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("latin1");
    stream?.on("data", (chunk: string) => {
      text = (text + chunk).slice(-OUTPUT_CHARS_MAX);
    });
  }
  return () => text;
}

/** Listens after `lastWords`, so that the line is in `output` when its chunk arrives here. */
function untilStarted(child: ChildProcess, output: () => string): Promise<StartedLine> {
  return new Promise((done, reject) => {
    const look = () => {
      const line = startedLineIn(output());
      if (line === undefined) return;
      clearTimeout(deadline);
      child.stdout?.removeListener("data", look);
      done(line);
    };
    const deadline = setTimeout(() => {
      child.stdout?.removeListener("data", look);
      reject(new BenchError(`The server was not ready within ${READY_MS_MAX / 1000} s.\n${output()}`.trimEnd()));
    }, READY_MS_MAX);
    // Before the outcome of a server that ended by itself would keep this process waiting.
    child.once("close", () => clearTimeout(deadline));
    child.stdout?.on("data", look);
  });
}

async function stopChild(child: ChildProcess, gone: Promise<void>, deadlineMs: number): Promise<void> {
  // Never started: there is nothing to wait for.
  if (child.pid === undefined) return;
  endChild(child, process.platform);
  const deadline = setTimeout(() => killGroup(child), deadlineMs);
  await gone;
  clearTimeout(deadline);
}
