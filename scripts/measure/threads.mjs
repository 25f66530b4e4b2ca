/**
 * Worker threads on the bare runtimes: how evenly the kernel shares connections out over listeners of one port, what a
 * further worker costs in memory, what shared memory costs, and how many connections a rolling replacement resets, with
 * and without net.ipv4.tcp_migrate_req (Linux 5.14).
 *
 * `node scripts/measure/threads.mjs` takes about four minutes and writes docs/measurements/threads.{json,md}. `--rolls N`
 * and `--connections N` narrow it; a narrowed run writes nothing unless MEASURE_OUTPUT names a folder, --dry nothing at all. The kernel's setting is tried only where it can be written, and
 * is put back; otherwise its row says so.
 */
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { load } from "./clients.mjs";
import { hardware } from "./hardware.mjs";
import { freePort } from "./nginx.mjs";
import { ask, askUntil } from "./one-request-clients.mjs";
import { outputFolder, writesFigures } from "./output-folder.mjs";
import { printThreads } from "./print-threads.mjs";
import { residentBytes } from "./process-memory.mjs";
import { programs, runtimeVersions, serverFile } from "./programs.mjs";
import { startServer, stopServer } from "./served-process.mjs";

const { values } = parseArgs({
  options: {
    rolls: { type: "string", default: "5" },
    connections: { type: "string", default: "4000" },
    dry: { type: "boolean", default: false },
  },
});
const [rolls, connections] = [Number(values.rolls), Number(values.connections)];
const WORKERS = 4;
const CLIENTS = 32;
const ROUNDS = 15;
/** Between two replacements, so that each meets a server that is at work. */
const PAUSE_MS = 1000;
const SETTLE_MS = 3000;
const SYSCTL = "/proc/sys/net/ipv4/tcp_migrate_req";

const forms = {
  "Bun.serve": { runtime: "bun", form: "bun" },
  "Deno.serve": { runtime: "deno", form: "deno" },
  "node:http on Deno": { runtime: "deno", form: "node" },
};

const result = {
  schema: 1,
  date: new Date().toISOString().slice(0, 10),
  hardware: hardware(),
  runtimes: runtimeVersions(),
  workers: WORKERS,
  clients: CLIENTS,
  connections,
  rolls,
  balance: {},
  memory: {},
  rolling: {},
  survives: {},
  shared: {},
  checks: {},
  missing: {},
};
/** Both where the kernel's setting can be written, else the one that is. */
const settings = isWritable(SYSCTL) ? ["0", "1"] : [currentSetting()];
for (const [name, form] of Object.entries(forms)) {
  process.stderr.write(`${name}\n`);
  result.balance[name] = await balance(form);
  result.memory[name] = await memory(form);
  result.rolling[name] = {};
  for (const setting of settings) result.rolling[name][setting] = await withMigration(setting, () => rolling(form));
  if (form.form !== "node") result.survives[name] = await survives(form);
}
if (!isWritable(SYSCTL))
  result.missing["net.ipv4.tcp_migrate_req=1"] = "The setting cannot be written on this machine.";
for (const runtime of ["bun", "deno"]) {
  const run = (file, ...args) =>
    JSON.parse(
      execFileSync(programs[runtime][0], [...programs[runtime].slice(1), serverFile(file), ...args], {
        encoding: "utf8",
      }),
    );
  result.shared[runtime] = run("threads/shared-memory.mjs", String(ROUNDS));
  result.checks[runtime] = run("threads/checks.mjs");
}
const text = printThreads(result);
console.log(text);
if (writesFigures()) {
  writeFileSync(`${outputFolder()}/threads.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/threads.md`, text);
}

/** All threads of the server and the clients share the machine: what is counted is connections, not time. */
async function start({ runtime, form }, workers) {
  const port = await freePort();
  const command = [...programs[runtime], serverFile("threads/workers.mjs"), form, String(port), String(workers)];
  return startServer(command, { cpu: "any" });
}

/** @returns each worker's share of the connections, from the smallest to the largest */
async function balance(form) {
  const server = await start(form, WORKERS);
  const served = new Map();
  let left = connections;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      const { outcome, body } = await ask(server.port);
      if (outcome !== "answered") throw new Error(`a connection was ${outcome} without any reason`);
      served.set(body, (served.get(body) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, loop));
  await stopServer(server);
  const shares = [...served.values()].map((count) => Number((count / connections).toFixed(4)));
  while (shares.length < WORKERS) shares.push(0);
  return shares.sort((a, b) => a - b);
}

/** Bytes of private memory for each worker beyond the first, before any load and after some. */
async function memory(form) {
  const readings = {};
  for (const workers of [1, 1 + WORKERS]) {
    const server = await start(form, workers);
    const fresh = residentBytes(server.pid).anonymous;
    await load(server.port, 32 * workers, 5000 * workers);
    await delay(SETTLE_MS);
    readings[workers] = { fresh, loaded: residentBytes(server.pid).anonymous };
    await stopServer(server);
  }
  const slope = (key) => Math.round((readings[1 + WORKERS][key] - readings[1][key]) / WORKERS);
  return { freshBytes: slope("fresh"), loadedBytes: slope("loaded") };
}

/** Counts of connections over all rolls, with how many were reset. */
async function rolling(form) {
  const server = await start(form, WORKERS);
  const lines = createInterface(server.child.stderr);
  const ended = new Promise((_, reject) => {
    server.child.once("exit", (code, signal) => reject(new Error(`the server ended with ${signal ?? code} in a roll`)));
  });
  // It ends on purpose when the rolls are over.
  ended.catch(() => undefined);
  let isOver = false;
  const clients = askUntil(server.port, CLIENTS, () => isOver);
  for (let roll = 0; roll < rolls; roll += 1) {
    await delay(PAUSE_MS);
    const done = new Promise((resolve) => {
      lines.on("line", (line) => {
        if (line === "rolled") resolve();
      });
    });
    server.child.kill("SIGUSR2");
    await Promise.race([done, ended]);
  }
  isOver = true;
  const counts = await clients;
  await stopServer(server);
  return counts;
}

async function withMigration(setting, body) {
  if (settings.length < 2) return body();
  const before = readFileSync(SYSCTL, "utf8");
  const restore = () => writeFileSync(SYSCTL, before);
  // served-process.mjs makes a signal an exit.
  process.once("exit", restore);
  writeFileSync(SYSCTL, setting);
  try {
    return await body();
  } finally {
    process.removeListener("exit", restore);
    restore();
  }
}

function currentSetting() {
  return existsSync(SYSCTL) ? readFileSync(SYSCTL, "utf8").trim() : "absent";
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    // Not there, or not ours to write: both are said in the result.
    return false;
  }
}

/** Whether the other workers answer after one has ended with an error nobody caught. */
async function survives(form) {
  const server = await start(form, WORKERS);
  await ask(server.port, "GET /throw HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
  await delay(PAUSE_MS);
  const outcomes = await Promise.all(Array.from({ length: CLIENTS }, () => ask(server.port)));
  await stopServer(server);
  return outcomes.some(({ outcome }) => outcome === "answered");
}
