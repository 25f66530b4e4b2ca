/** The real server as a child process: started as `npm start` starts it, on free loopback ports, always stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { resolve } from "node:path";
import process from "node:process";
import type { ServerConfig } from "../../src/config/schema.ts";
import { type AdapterName, runtimeOf } from "../../src/runtime/capabilities.ts";
import { BenchError } from "../cli/bench-error.ts";
import { killOnExit } from "./kill-on-exit.ts";
import { limitsOff } from "./limits-off.ts";
import { type Pinning, pinServer } from "./pinning.ts";

export interface ServerProcess {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  /** What the server says of the allocator that serves it, such as "mimalloc". */
  readonly allocator: string;
  /** Rejects when the server ends by itself; never resolves. */
  readonly died: Promise<never>;
  /** SIGTERM, and SIGKILL after the drain deadline. Resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The project's folder. */
  readonly directory: string;
  readonly adapter: AdapterName;
  readonly config: ServerConfig;
  readonly pinning: Pinning;
}

const HOST = "127.0.0.1";
/** A cold start takes well below a second; a loaded CI machine gets this. */
const READY_MS_MAX = 30_000;
const READY_CHECK_MS = 20;
/** Added to the drain's own time: the admin listener's drain (1 s) and the way out. */
const STOP_MARGIN_MS = 3000;
/** The end of what a failing server said; the reason stands there. */
const STDERR_CHARS_MAX = 8192;

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const [port, adminPort] = await freePorts();
  const child = spawnServer(options, port, adminPort);
  killOnExit(child);
  const stderr = lastWords(child);
  const gone = new Promise<void>((done) => child.once("close", () => done()));
  const died = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new BenchError(`The server cannot be started: ${error.message}`)));
    child.once("close", (code, signal) =>
      reject(new BenchError(`The server ended by itself (${signal ?? `exit ${code}`}).\n${stderr()}`.trimEnd())),
    );
  });
  // Nobody listens while it is stopped on purpose.
  died.catch(() => undefined);
  const stop = () => stopChild(child, gone, options.config.timeouts.drain_ms + STOP_MARGIN_MS);
  try {
    await Promise.race([untilReady(adminPort, stderr), died]);
    const allocator = await readAllocator(adminPort);
    return { pid: child.pid ?? 0, host: HOST, port, allocator, died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function spawnServer(
  { directory, adapter, config, pinning }: ServerOptions,
  port: number,
  adminPort: number,
): ChildProcess {
  const launch = resolve(directory, "src/launch.ts");
  const command = runtimeOf(adapter) === "bun" ? [launch] : ["run", "--allow-all", launch];
  const [program = "", ...args] = pinServer(pinning, [process.execPath, ...command]);
  return spawn(program, args, {
    cwd: directory,
    env: {
      ...process.env,
      FASTSERVE__SERVER__HOST: HOST,
      FASTSERVE__SERVER__PORT: String(port),
      FASTSERVE__ADMIN__HOST: HOST,
      FASTSERVE__ADMIN__PORT: String(adminPort),
      // The generator speaks plain HTTP, and no load balancer has to notice the end.
      FASTSERVE__TLS__MODE: "off",
      FASTSERVE__TIMEOUTS__DRAIN_DELAY_MS: "0",
      ...limitsOff(config).environment,
    },
    // Log lines are written as configured, to where they cost the generator nothing.
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: Ctrl-C on the terminal ends the load first, and then the load ends the server.
    detached: true,
  });
}

function lastWords(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (chunk: string) => {
    text = (text + chunk).slice(-STDERR_CHARS_MAX);
  });
  return () => text;
}

/** Two ports that nobody listens on, held at the same time so that they differ. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = await Promise.all([listenAnywhere(), listenAnywhere()]);
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => done(server));
  });
}

async function untilReady(adminPort: number, stderr: () => string): Promise<void> {
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (performance.now() < deadlineMs) {
    if (await isReady(adminPort)) return;
    await new Promise((done) => setTimeout(done, READY_CHECK_MS));
  }
  throw new BenchError(`The server was not ready within ${READY_MS_MAX / 1000} s.\n${stderr()}`.trimEnd());
}

async function isReady(adminPort: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${HOST}:${adminPort}/readyz`, { signal: AbortSignal.timeout(READY_MS_MAX) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}

async function readAllocator(adminPort: number): Promise<string> {
  const response = await fetch(`http://${HOST}:${adminPort}/metrics`, { signal: AbortSignal.timeout(READY_MS_MAX) });
  return /^fastserve_allocator_info\{backend="([^"]*)"/m.exec(await response.text())?.[1] ?? "unknown";
}

async function stopChild(child: ChildProcess, gone: Promise<void>, deadlineMs: number): Promise<void> {
  // Never started: there is nothing to wait for.
  if (child.pid === undefined) return;
  child.kill("SIGTERM");
  const deadline = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  await gone;
  clearTimeout(deadline);
}
