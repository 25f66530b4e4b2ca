/**
 * A peer as a child process: on loopback, on the CPUs of the server under test, always stopped. A program of servers/ lets
 * the kernel choose its port and says so in its first line; nginx is told one, and is ready when it answers.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import process from "node:process";
import { BenchError } from "../cli/bench-error.ts";
import { killGroup, killOnExit } from "../server/kill-on-exit.ts";
import { type Pinning, pinServer } from "../server/pinning.ts";
import type { ServerProcess } from "../server/server-process.ts";

export interface PeerLaunch {
  /** For messages: "Hono 4.13.19". */
  readonly title: string;
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly pinning: Pinning;
  /** The port that it was told; undefined: it says which. */
  readonly port?: number;
}

const HOST = "127.0.0.1";
/** A cold start from a cold disk takes seconds on a loaded machine. */
const READY_MS_MAX = 30_000;
const READY_CHECK_MS = 20;
/** No peer drains for longer; SIGKILL follows. */
const STOP_MS_MAX = 5000;
/** The end of what a failing peer said. */
const OUTPUT_CHARS_MAX = 4096;

export async function startPeer(launch: PeerLaunch): Promise<ServerProcess> {
  const { title, folder, environment, pinning } = launch;
  const [program = "", ...args] = pinServer(pinning, launch.command);
  const spawnedMs = performance.now();
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...environment, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own: Ctrl-C on the terminal ends the load first, and then the load ends the peer.
    detached: true,
  });
  killOnExit(child);
  const output = lastWords(child);
  const gone = new Promise<void>((done) => child.once("close", () => done()));
  const died = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new BenchError(`${title} cannot be started: ${error.message}`)));
    child.once("close", (code, signal) =>
      reject(new BenchError(`${title} ended by itself (${signal ?? `exit ${code}`}).\n${output()}`.trimEnd())),
    );
  });
  // Nobody listens while it is stopped on purpose.
  died.catch(() => undefined);
  const stop = () => stopChild(child, gone);
  try {
    const ready = launch.port === undefined ? untilSaid(child, title) : untilAnswered(child, launch.port, title);
    const port = await Promise.race([ready, died]);
    const pid = child.pid ?? 0;
    const metrics = () => Promise.reject(new BenchError(`${title} has no admin listener.`));
    return { pid, host: HOST, port, adminPort: 0, allocator: "unknown", notes: "", spawnedMs, died, metrics, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function lastWords(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      text = (text + chunk).slice(-OUTPUT_CHARS_MAX);
    });
  }
  return () => text;
}

/** The port in the line that servers/order.mjs writes. */
function untilSaid(child: ChildProcess, title: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = "";
    const deadline = setTimeout(() => reject(notReady(title)), READY_MS_MAX);
    child.once("close", () => clearTimeout(deadline));
    child.stdout?.on("data", (chunk: string) => {
      text += chunk;
      const port = /^\{"pid":\d+,"port":(\d+)\}$/m.exec(text)?.[1];
      if (port === undefined) return;
      clearTimeout(deadline);
      resolve(Number(port));
    });
  });
}

async function untilAnswered(child: ChildProcess, port: number, title: string): Promise<number> {
  const deadlineMs = performance.now() + READY_MS_MAX;
  while (performance.now() < deadlineMs && child.exitCode === null && child.signalCode === null) {
    if (await accepts(port)) return port;
    await new Promise((done) => setTimeout(done, READY_CHECK_MS));
  }
  throw notReady(title);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function notReady(title: string): BenchError {
  return new BenchError(`${title} did not listen within ${READY_MS_MAX / 1000} s.`);
}

async function stopChild(child: ChildProcess, gone: Promise<void>): Promise<void> {
  // Never started: there is nothing to wait for.
  if (child.pid === undefined) return;
  child.kill("SIGTERM");
  const deadline = setTimeout(() => killGroup(child), STOP_MS_MAX);
  await gone;
  clearTimeout(deadline);
}
