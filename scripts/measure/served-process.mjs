/**
 * A server under measurement: started on one CPU, loaded from another, its CPU time read from /proc. Whatever ends the
 * measuring program ends its servers.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { exitOnSignals } from "./exit-on-signals.mjs";

/** proc_pid_stat(5): sysconf(_SC_CLK_TCK), which Linux fixes at 100 on every architecture it runs these runtimes on. */
const TICKS_PER_SECOND = 100;
const START_MS_MAX = 20_000;
/** V8 writes a stack below what it has to say. */
const ERROR_LINES_MAX = 100;

export const SERVER_CPU = "0";
/** The last one: on machines with two threads per core it is not the server's other half. */
export const LOAD_CPU = String(cpus().length - 1);

const children = new Set();
exitOnSignals();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/**
 * Resolves with { child, pid, port, errors } once the program has written `port N` to its standard error.
 * @param {readonly string[]} command
 * @param {{ env?: Record<string, string>, cwd?: string, cpu?: string }} options cpu: "any" pins nothing
 */
export async function startServer(command, options = {}) {
  const { child, errors } = spawnServer(command, options);
  const said = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${command.join(" ")} named no port`)), START_MS_MAX);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${command.join(" ")} ended with ${code}: ${errors.join("\n")}`)));
    createInterface(child.stderr).on("line", (line) => {
      const found = /^port (\d+)$/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(Number(found));
    });
  });
  try {
    return { child, pid: child.pid, port: await said, errors };
  } catch (error) {
    await stopServer({ child });
    throw error;
  }
}

/**
 * The same for a program that says nothing: resolves when `openOne(port)` gives a socket.
 * @param {(port: number) => Promise<{ destroy(): void }>} openOne
 */
export async function startUntil(command, options, port, openOne) {
  const { child, errors } = spawnServer(command, options);
  const deadlineMs = performance.now() + START_MS_MAX;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      // Its last lines may come after it.
      await delay(100);
      throw new Error(`${command.join(" ")} ended with ${child.exitCode ?? child.signalCode}: ${errors.join("\n")}`);
    }
    try {
      (await openOne(port)).destroy();
      return { child, pid: child.pid, port, errors };
    } catch (error) {
      // Not listening yet.
      if (performance.now() > deadlineMs) {
        await stopServer({ child });
        throw error;
      }
      await delay(100);
    }
  }
}

/** @returns the child, and the last lines of its standard error as they come */
function spawnServer(command, { env = {}, cwd, cpu = SERVER_CPU }) {
  const [program, ...args] = cpu === "any" ? command : ["taskset", "-c", cpu, ...command];
  const child = spawn(program, args, {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", ...env },
  });
  const errors = [];
  createInterface(child.stderr).on("line", (line) => {
    errors.push(line);
    if (errors.length > ERROR_LINES_MAX) errors.shift();
  });
  return { child: track(child), errors };
}

/** @returns the child, which now ends with this program */
export function track(child) {
  children.add(child);
  return child;
}

export async function stopServer({ child }) {
  children.delete(child);
  // Without a number it was never started.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.removeAllListeners("exit");
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** User and system time of all threads of the process so far. */
export function cpuSeconds(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/**
 * One burst of wrk from the other CPU.
 * @returns {Promise<{ cpuUs: number, requestsPerS: number }>} server CPU per request, and requests per second
 */
export async function burst({ pid, port }, { path, seconds, connections, script }) {
  const before = cpuSeconds(pid);
  const url = `http://127.0.0.1:${port}${path}`;
  const args = ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, ...(script ? ["-s", script] : []), url];
  const text = await outputOf("taskset", ["-c", LOAD_CPU, ...args]);
  const [, requests, time] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: .*/.exec(text)?.[0];
  if (!(Number(requests) > 0) || failed) throw new Error(`the load of ${url} failed: ${text}`);
  return {
    cpuUs: ((cpuSeconds(pid) - before) * 1e6) / Number(requests),
    requestsPerS: Number(requests) / Number(time),
  };
}

/** Standard output of a program that must succeed. */
export function outputOf(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${program} ${args.join(" ")} ended with ${code}: ${text}`)),
    );
  });
}
