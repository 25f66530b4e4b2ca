/** One server of a pair as a process: started with the plan's engine flags and allocator, found by its own log. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ServerConfig, SettingKey } from "../../../src/config/schema.ts";
import { BenchError } from "../../cli/bench-error.ts";
import { killGroup, killOnExit } from "../../server/kill-on-exit.ts";
import { launchCommand } from "../../server/launch-command.ts";
import { limitsOff } from "../../server/limits-off.ts";
import { type Pinning, pinServer } from "../../server/pinning.ts";
import { startedLineIn } from "../../server/started-line.ts";

export interface UseServerOptions {
  readonly directory: string;
  readonly config: ServerConfig;
  readonly pinning: Pinning;
  readonly features: readonly string[];
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>;
  /** For the log and for static files. */
  readonly folder: string;
  /** Of the log's file. */
  readonly name: string;
}

export interface UseServer {
  readonly pid: number;
  readonly ports: Readonly<Record<"data" | "admin", number>>;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const READY_MS_MAX = 30_000;
const READY_CHECK_MS = 10;

export async function startUseServer(options: UseServerOptions): Promise<UseServer> {
  const logFile = join(options.folder, `${options.name}.log`);
  const log = openSync(logFile, "w");
  const { args, environment } = commandOf(options);
  const [program = "", ...rest] = pinServer(options.pinning, [process.execPath, ...args]);
  const child = spawn(program, rest, {
    cwd: options.directory,
    env: environment,
    stdio: ["ignore", log, log],
    // A group of its own: Ctrl-C on the terminal ends the load first, and then the bench ends the server.
    detached: true,
  });
  closeSync(log);
  killOnExit(child);
  const gone = new Promise<void>((done) => {
    child.once("close", () => done());
    child.once("error", () => done());
  });
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  const stop = () => {
    // It holds nothing that needs a proper end.
    killGroup(child);
    return gone;
  };
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (!ended && performance.now() < deadlineMs) {
    const started = startedLineIn(readFileSync(logFile, "utf8"));
    if (started) {
      const { dataPort: data, adminPort: admin } = started;
      return { pid: child.pid ?? 0, ports: { data, admin }, stop };
    }
    await new Promise((done) => setTimeout(done, READY_CHECK_MS));
  }
  await stop();
  throw new BenchError(`The server for ${options.name} did not start:\n${readFileSync(logFile, "utf8").trim()}`);
}

/** As `npm start` would start it, but for the program and what the bench sets. */
function commandOf({ directory, config, features, settings, folder }: UseServerOptions) {
  const off = Object.fromEntries(limitsOff(config).keys.map((key) => [key, "0"]));
  return launchCommand({
    directory,
    config,
    main: fileURLToPath(new URL("./server.ts", import.meta.url)),
    args: [directory, features.join(",")],
    settings: { ...off, ...benchSettings(folder), ...settings },
  });
}

function benchSettings(folder: string): Readonly<Partial<Record<SettingKey, string>>> {
  return {
    "server.host": HOST,
    "server.port": "0",
    "admin.host": HOST,
    "admin.port": "0",
    "workers.mode": "inline",
    "workers.count": "1",
    "tls.mode": "off",
    "log.level": "info",
    "log.format": "json",
    "static.root": folder,
    // A laptop that is smaller than the plan's target can still compare.
    "watchdog.on_unsafe": "warn",
  };
}
