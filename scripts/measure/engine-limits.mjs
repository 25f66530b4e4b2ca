/**
 * What bounds the engines and the processes: V8's heap limit by its flags, descriptors, the smallest heap in which the
 * emitted server serves, and how long a runtime waits for a head that never ends.
 *
 * `node scripts/measure/engine-limits.mjs` takes about two minutes and writes docs/measurements/engine-limits.{json,md};
 * `--seconds N` and `--head-seconds N` narrow it; a narrowed run writes nothing unless MEASURE_OUTPUT names a folder,
 * --dry nothing at all.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openAny } from "./clients.mjs";
import { hardware } from "./hardware.mjs";
import { freePort } from "./nginx.mjs";
import { outputFolder, writesFigures } from "./output-folder.mjs";
import { printEngineLimits } from "./print-engine-limits.mjs";
import { residentBytes } from "./process-memory.mjs";
import { findTool, programs, root, runtimeVersions, serverFile } from "./programs.mjs";
import { burst, startServer, startUntil, stopServer } from "./served-process.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    "head-seconds": { type: "string", default: "25" },
    dry: { type: "boolean", default: false },
  },
});
const [seconds, headSeconds] = [Number(values.seconds), Number(values["head-seconds"])];
const CONNECTIONS = 64;
const MiB = 1024 ** 2;
/** "Fatal JavaScript out of memory: Ineffective mark-compacts near heap limit" and the like. */
const heapIsFull = /JavaScript (heap )?out of memory|Fatal process out of memory|near heap limit|Reached heap limit/;
/** A process that ends flushes its error output within milliseconds. */
const SAID_MS_MAX = 2000;
const SAID_CHECK_MS = 50;

/** V8's flags, in MiB: old space, and semi-space where it is given. */
const heapFlags = [
  ["--max-old-space-size=64", "--max-semi-space-size=1"],
  ["--max-old-space-size=64", "--max-semi-space-size=3"],
  ["--max-old-space-size=64", "--max-semi-space-size=4"],
  ["--max-old-space-size=64", "--max-semi-space-size=64"],
  ["--max-old-space-size=64"],
];
const smallHeaps = {
  "deno-serve": { config: "deno.json", sizes: [12, 16, 20, 24] },
  "deno-http": { config: "deno.http.json", sizes: [16, 20, 24, 32] },
};
const slowHeads = {
  "Bun.serve": [...programs.bun, serverFile("limits/slow-head.mjs"), "bun"],
  "Deno.serve": [...programs.deno, serverFile("limits/slow-head.mjs"), "deno"],
  "node:http on Deno, head time of 3 s": [...programs.deno, serverFile("limits/slow-head.mjs"), "node"],
};

const result = {
  schema: 1,
  date: new Date().toISOString().slice(0, 10),
  hardware: hardware(),
  runtimes: runtimeVersions(),
  connections: CONNECTIONS,
  seconds,
  heapLimits: heapFlags.map((flags) => ({ flags, ...heapLimit(flags) })),
  descriptors: { bun: await descriptors("bun", "bun"), deno: await descriptors("deno", "deno-serve") },
  openFiles: { bun: openFiles("bun"), deno: openFiles("deno") },
  smallHeaps: {},
  slowHeads: {},
  missing: {},
};
const wrk = findTool("wrk");
for (const [adapter, { config, sizes }] of wrk ? Object.entries(smallHeaps) : []) {
  result.smallHeaps[adapter] = [];
  for (const mebibytes of sizes) result.smallHeaps[adapter].push(await inHeap(config, mebibytes));
}
if (!wrk) result.missing["the emitted server in a small heap"] = "wrk is not installed.";
result.slowHeads = Object.fromEntries(
  await Promise.all(Object.entries(slowHeads).map(async ([name, command]) => [name, await slowHead(command)])),
);
const text = printEngineLimits(result);
console.log(text);
if (writesFigures()) {
  writeFileSync(`${outputFolder()}/engine-limits.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/engine-limits.md`, text);
}

function heapLimit(flags) {
  const [program, ...args] = programs.deno;
  const file = serverFile("limits/heap-limit.mjs");
  return JSON.parse(execFileSync(program, [...args, `--v8-flags=${flags.join(",")}`, file], { encoding: "utf8" }));
}

/** Open descriptors of a bare server on one thread, and with 8 workers. */
async function descriptors(runtime, file) {
  const counts = {};
  for (const workers of [0, 8]) {
    const port = await freePort();
    const command = [...programs[runtime], serverFile(`${file}.mjs`), String(port), String(workers)];
    const server = await startUntil(command, { cpu: "any" }, port, openAny);
    // The first answer says nothing about the other workers.
    await delay(1000);
    counts[workers] = readdirSync(`/proc/${server.pid}/fd`).length;
    await stopServer(server);
  }
  return counts;
}

/** The soft limit that a program finds which is started with 256 under a hard limit of 20,000. */
function openFiles(runtime) {
  const command = [...programs[runtime], serverFile("limits/open-files.mjs")];
  const shell = 'ulimit -Sn 256 && ulimit -Hn 20000 && exec "$@"';
  return Number(execFileSync("sh", ["-c", shell, "sh", ...command], { encoding: "utf8" }));
}

/** The emitted server, inline, with so much old space and the smallest semi-spaces. */
async function inHeap(config, mebibytes) {
  const port = await freePort();
  const flags = `--v8-flags=--max-old-space-size=${mebibytes},--max-semi-space-size=1`;
  const command = [...programs.deno, "--unstable-worker-options", "--config", config, flags, "src/main.ts"];
  const env = {
    FASTSERVE__WORKERS__MODE: "inline",
    FASTSERVE__WORKERS__COUNT: "1",
    FASTSERVE__LOG__REQUESTS: "none",
    FASTSERVE__ADMIN__PORT: "0",
    FASTSERVE__SERVER__PORT: String(port),
    // A server that sheds load before its heap is full shows its limits, not the heap's.
    FASTSERVE__RATE_LIMIT__REQUESTS_PER_S: "0",
    FASTSERVE__RATE_LIMIT__IN_FLIGHT_PER_CLIENT_MAX: "0",
    FASTSERVE__OVERLOAD__LAG_MS_HIGH: "0",
    FASTSERVE__OVERLOAD__MEMORY_PERCENT_HIGH: "0",
    FASTSERVE__OVERLOAD__HEAP_PERCENT_HIGH: "0",
  };
  const row = { oldSpaceBytes: mebibytes * MiB };
  let server;
  try {
    server = await startUntil(command, { env, cwd: `${root}templates/app` }, port, openAny);
    const load = { path: "/", connections: CONNECTIONS, seconds };
    // The first one compiles.
    await burst(server, load);
    const { cpuUs, requestsPerS } = await burst(server, load);
    return { ...row, outcome: "serves", cpuUs, requestsPerS, anonymousBytes: residentBytes(server.pid).anonymous };
  } catch (error) {
    // V8 ends a process whose heap is full, before it listens or under the load; anything else is a fault of this run.
    if (!(server ? await endedOfHeap(server) : heapIsFull.test(error.message))) throw error;
    return { ...row, outcome: server ? "ends under load" : "ends at the start" };
  } finally {
    if (server) await stopServer(server);
  }
}

/** What the process says that ended for it: its last lines may come a moment after the load has failed. */
async function endedOfHeap({ errors }) {
  for (let waitedMs = 0; waitedMs < SAID_MS_MAX && !heapIsFull.test(errors.join("\n")); waitedMs += SAID_CHECK_MS) {
    await delay(SAID_CHECK_MS);
  }
  return heapIsFull.test(errors.join("\n"));
}

/** One header a second, until the server closes: after how many seconds, and with which status. */
async function slowHead(command) {
  const server = await startServer(command, { cpu: "any" });
  try {
    return await new Promise((resolve, reject) => {
      const startedMs = performance.now();
      let answer = "";
      const socket = connect({ port: server.port, host: "127.0.0.1" }, () =>
        socket.write("GET / HTTP/1.1\r\nhost: a\r\n"),
      );
      const timer = setInterval(() => {
        if (performance.now() - startedMs > headSeconds * 1000) end(undefined);
        else socket.write("x-more: 1\r\n");
      }, 1000);
      const end = (seconds) => {
        clearInterval(timer);
        socket.destroy();
        resolve({
          closedAfterS: seconds,
          waitedS: headSeconds,
          status: Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]) || null,
        });
      };
      const elapsed = () => Math.round((performance.now() - startedMs) / 100) / 10;
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.once("error", () => end(elapsed()));
      socket.once("close", () => end(elapsed()));
      server.child.once("error", reject);
    });
  } finally {
    await stopServer(server);
  }
}
