/**
 * The ceilings of the bare runtimes: server CPU per request in several forms, pipelined, with frameworks; per WebSocket
 * message; resident memory with 10,000 idle connections.
 *
 * The servers of a group run at the same time on one CPU and are loaded in turn from the last one, round after round, so
 * that a slow moment of the machine falls on all. wrk itself is busy at some 130,000 requests a second on one core, so
 * CPU per request is the figure, and requests per second are only beside it. `node scripts/measure/ceilings.mjs` takes
 * about seven minutes and writes docs/measurements/ceilings.{json,md}; `--rounds N`, `--seconds N`, `--idle N` and
 * `--group NAME` (repeatable) narrow it, and --dry or a narrowed run
 * writes nothing unless MEASURE_OUTPUT names a folder. Without wrk only the WebSockets and idle connections
 * are measured; without nginx its row says so.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { httpGroups, idleCases, socketCases } from "./ceiling-cases.mjs";
import { openAny, openMany, openWebSocket } from "./clients.mjs";
import { hardware } from "./hardware.mjs";
import { startNginx } from "./nginx.mjs";
import { outputFolder, writesFigures } from "./output-folder.mjs";
import { printCeilings } from "./print-ceilings.mjs";
import { residentBytes } from "./process-memory.mjs";
import { findTool, runtimeVersions, serverFile } from "./programs.mjs";
import { burst, cpuSeconds, LOAD_CPU, startServer, stopServer } from "./served-process.mjs";
import { spread } from "./spread.mjs";

const groups = [...Object.keys(httpGroups), "sockets", "idle"];
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    idle: { type: "string", default: "10000" },
    group: { type: "string", multiple: true, default: groups },
    dry: { type: "boolean", default: false },
  },
});
const [rounds, seconds, idleCount] = [Number(values.rounds), Number(values.seconds), Number(values.idle)];
const CONNECTIONS = 64;
const SOCKET_CLIENTS = 100;
/** As scripts/measure/memory-costs.mjs waits: garbage of the opening is gone by then. */
const SETTLE_MS = 3000;
const unknown = values.group.filter((name) => !groups.includes(name));
if (unknown.length > 0) {
  console.error(`--group ${unknown.join(", ")}: the groups are ${groups.join(", ")}.`);
  process.exit(2);
}

const wrk = findTool("wrk");
const nginx = findTool("nginx");
const result = {
  schema: 1,
  date: new Date().toISOString().slice(0, 10),
  hardware: hardware(),
  runtimes: runtimeVersions(),
  rounds,
  seconds,
  connections: CONNECTIONS,
  groups: {},
  missing: {
    "Fastify on Node":
      "It is no dependency of this repository; `npm run bench:compare` in a project runs it where it is installed.",
    ...(nginx ? {} : { "nginx, return 200": "nginx is not installed." }),
    ...(wrk ? {} : { "HTTP groups": "wrk is not installed." }),
  },
};
for (const name of values.group) {
  if (name === "sockets") result.groups.sockets = await measureSockets();
  else if (name === "idle") result.groups.idle = await measureIdle();
  else if (wrk) result.groups[name] = await measureHttp(httpGroups[name]);
}
const text = printCeilings(result);
console.log(text);
if (writesFigures()) {
  writeFileSync(`${outputFolder()}/ceilings.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/ceilings.md`, text);
}

async function measureHttp({ title, path, script, cases }) {
  const present = cases.filter(({ command }) => command !== "nginx" || nginx);
  const servers = [];
  try {
    for (const { name, command } of present) {
      servers.push({
        name,
        server: await (command === "nginx" ? startNginx(nginx) : startServer(command)),
        bursts: [],
      });
    }
    for (let round = 0; round <= rounds; round += 1) {
      for (const { name, server, bursts } of servers) {
        process.stderr.write(`${title}: ${name}, round ${round} of ${rounds}\n`);
        const figures = await burst(server, { path, seconds, connections: CONNECTIONS, script });
        // The first round compiles and fills caches.
        if (round > 0) bursts.push(figures);
      }
    }
    return { title, rows: servers.map(({ name, bursts }) => ({ name, ...summary(bursts) })) };
  } finally {
    for (const { server } of servers) await stopServer(server);
  }
}

function summary(bursts) {
  return {
    cpuUs: spread(bursts.map(({ cpuUs }) => cpuUs)),
    requestsPerS: spread(bursts.map(({ requestsPerS }) => requestsPerS)),
  };
}

/** Servers run one after the other here: a broadcasting one is busy all the time. */
async function measureSockets() {
  const samples = new Map(socketCases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, mode, command } of socketCases) {
      process.stderr.write(`WebSockets: ${name}, round ${round + 1} of ${rounds}\n`);
      const server = await startServer(command);
      samples.get(name).push(await socketBurst(server, mode));
      await stopServer(server);
    }
  }
  return {
    title: `Messages of 64 bytes, ${SOCKET_CLIENTS} WebSocket clients; a broadcast counts once for each receiver`,
    rows: [...samples].map(([name, bursts]) => ({ name, ...summary(bursts) })),
  };
}

async function socketBurst({ pid, port }, mode) {
  const args = [serverFile("../socket-load.mjs"), port, SOCKET_CLIENTS, seconds * 1000, mode].map(String);
  const loader = spawn("taskset", ["-c", LOAD_CPU, process.execPath, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const readings = [];
  let messages = 0;
  for await (const line of createInterface(loader.stdout)) {
    readings.push({ cpu: cpuSeconds(pid), ms: performance.now() });
    messages = Number(/^end (\d+)$/.exec(line)?.[1] ?? 0);
  }
  const [begin, end] = readings;
  if (!(messages > 0) || end === undefined)
    throw new Error(`the WebSocket load (${mode}) received ${messages} messages`);
  return {
    cpuUs: ((end.cpu - begin.cpu) * 1e6) / messages,
    requestsPerS: (messages * 1000) / (end.ms - begin.ms),
  };
}

async function measureIdle() {
  const rows = [];
  for (const { name, kind, command } of idleCases) {
    process.stderr.write(`idle connections: ${name}\n`);
    const server = await startServer(command);
    // The first connections compile the path that all take.
    for (const socket of await openMany(50, () => openOne(kind, server.port))) socket.destroy();
    await delay(SETTLE_MS);
    const before = residentBytes(server.pid).rss;
    const sockets = await openMany(idleCount, () => openOne(kind, server.port));
    await delay(SETTLE_MS);
    const rssBytes = residentBytes(server.pid).rss;
    rows.push({ name, rssBytes, bytesPerConnection: Math.round((rssBytes - before) / idleCount) });
    for (const socket of sockets) socket.destroy();
    await stopServer(server);
  }
  return { title: `${idleCount} idle connections`, connections: idleCount, rows };
}

function openOne(kind, port) {
  return kind === "http" ? openAny(port) : openWebSocket(port);
}
