/**
 * The main job on real input: this machine's facts in, a booted and probed server out.
 *
 * Creates a project with the defaults in a temporary folder through the real command line, installs it, starts it
 * with its own `start`, probes every seeded route and the admin listener, and prints the URL. `--once` ends after the
 * probe; `--runtime deno` does the same on Deno.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePorts } from "./free-ports.ts";
import { root } from "./test-stages.ts";

const START_MS_MAX = 30_000;

const { values } = parseArgs({
  options: { once: { type: "boolean", default: false }, runtime: { type: "string", default: "bun" } },
});

const folder = mkdtempSync(join(tmpdir(), "fastserve demo "));
const project = join(folder, "demo-server");
let server: ChildProcess | undefined;

try {
  run(
    "node",
    [join(root, "bin", "create-fastserve.js"), project, "--yes", "--runtime", values.runtime, "--no-git"],
    root,
  );
  // The planned ports may be taken on this machine; the environment is the layer above the files.
  const [port, adminPort] = await freePorts(2);
  server = spawn("npm", ["start"], {
    cwd: project,
    stdio: "inherit",
    detached: true,
    env: {
      ...process.env,
      FASTSERVE__LOG__FORMAT: "text",
      FASTSERVE__SERVER__HOST: "127.0.0.1",
      FASTSERVE__SERVER__PORT: String(port),
      FASTSERVE__ADMIN__PORT: String(adminPort),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const admin = `http://127.0.0.1:${adminPort}`;
  await untilReady(`${admin}/readyz`);
  await probe(url, admin);
  console.log(`\nThe server runs: ${url} (admin: ${admin}/metrics). Project: ${project}`);
  if (!values.once) {
    console.log("Ctrl-C stops it and removes the project.");
    await new Promise((resolve) => process.once("SIGINT", resolve));
  }
} finally {
  await stop(server);
  rmSync(folder, { recursive: true, force: true });
}

function run(command: string, args: readonly string[], cwd: string): void {
  console.log(
    `$ ${command === "node" ? "create-fastserve" : command} ${args.slice(command === "node" ? 1 : 0).join(" ")}`,
  );
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
}

async function untilReady(url: string): Promise<void> {
  const deadlineMs = Date.now() + START_MS_MAX;
  while (Date.now() < deadlineMs) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} was not ready within ${START_MS_MAX} ms`);
}

/** Each probe with what it must answer. */
async function probe(url: string, admin: string): Promise<void> {
  const probes: readonly (readonly [label: string, request: () => Promise<Response>, status: number, body: RegExp])[] =
    [
      ["GET /", () => fetch(url), 200, /^Hello/],
      ["GET /json", () => fetch(`${url}/json`), 200, /"message"/],
      ["GET /users/42", () => fetch(`${url}/users/42`), 200, /"id":"42"/],
      ["POST /echo", () => fetch(`${url}/echo`, { method: "POST", body: "echo me" }), 200, /^echo me$/],
      ["GET /teapot", () => fetch(`${url}/teapot`), 418, /TEAPOT/],
      ["GET /nowhere", () => fetch(`${url}/nowhere`), 404, /NOT_FOUND/],
      ["GET /livez (admin)", () => fetch(`${admin}/livez`), 200, /^ok/],
      ["GET /metrics (admin)", () => fetch(`${admin}/metrics`), 200, /fastserve_requests_total [1-9]/],
    ];
  console.log("\nProbes:");
  for (const [label, request, status, body] of probes) {
    const response = await request();
    const text = await response.text();
    if (response.status !== status || !body.test(text)) {
      throw new Error(`${label} answered ${response.status} ${JSON.stringify(text.slice(0, 200))}`);
    }
    console.log(`  ${label.padEnd(22)} ${response.status}`);
  }
}

/** Ends npm and the server below it: they share a process group. */
async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGTERM");
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
}
