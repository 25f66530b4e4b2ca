/**
 * What the malloc under a runtime is worth: server CPU per request, requests per second, and resident size under load
 * and 3 s after it, for every backend and profile that takes effect, on three kinds of work.
 *
 * The servers of one kind of work all run at the same time on one core and are loaded in turn from the other, round
 * after round, so that a slow moment of the machine falls on all of them; a ratio to the runtime's default is taken
 * within a round. Each server says which malloc really serves it, and one that is served by another ends the run.
 * `node scripts/measure/allocators.mjs` takes about 9 minutes and writes docs/measurements/allocators.{json,md};
 * `--runtime`, `--case`, `--workload`, `--rounds N`, `--seconds N` narrow it, `--dry` writes nothing.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cases, workloads } from "./allocator-cases.mjs";
import { outputFolder } from "./output-folder.mjs";
import { printAllocators } from "./print-allocators.mjs";
import { residentBytes } from "./process-memory.mjs";

const { values } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true, default: ["deno", "bun"] },
    case: { type: "string", multiple: true },
    workload: { type: "string", multiple: true, default: Object.keys(workloads) },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    dry: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const TICKS_PER_SECOND = 100;
const CONNECTIONS = 32;
const IDLE_MS = 3000;
const SAMPLE_MS = 100;
const libraryFolders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

const programs = {
  deno: [`${root}node_modules/deno/deno`, "run", "--allow-all", "--no-check", "--quiet"],
  bun: [`${root}node_modules/bun/bin/bun.exe`],
};

/** Whatever ends this program ends the servers. */
const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

const chosen = cases.filter((row) => values.runtime.includes(row.runtime) && (values.case?.includes(row.name) ?? true));
const samples = [];
const libraries = {};
for (const workload of values.workload) samples.push(...(await measureWorkload(workload)));

const result = {
  measured: new Date().toISOString().slice(0, 10),
  seconds,
  rounds,
  connections: CONNECTIONS,
  machine: { cpu: cpus()[0]?.model ?? "unknown", cpus: cpus().length, kernel: release().split("-")[0] },
  libraries,
  workloads: Object.fromEntries(values.workload.map((name) => [name, workloads[name].what])),
  rows: samples.map((sample) => summary(sample)),
};
const table = printAllocators(result);
console.log(table);
if (!values.dry) {
  writeFileSync(`${outputFolder()}/allocators.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/allocators.md`, table);
}

/** All chosen cases under one kind of work. */
async function measureWorkload(workload) {
  const servers = [];
  try {
    for (const row of chosen) {
      const server = await start(row);
      servers.push({ row, server, workload, bursts: [], idle: [] });
    }
    for (let round = 0; round <= rounds; round += 1) {
      for (const entry of servers) {
        const burst = await load(entry.row.name, entry.server, workload);
        // The first round compiles and fills caches.
        if (round === 0) continue;
        entry.bursts.push(burst);
        // While others are loaded: idleness is what this server sees.
        entry.idle.push(delay(IDLE_MS).then(() => residentBytes(entry.server.child.pid).rss));
      }
    }
    return await Promise.all(
      servers.map(async ({ row, server, bursts, idle }) => ({
        row,
        workload,
        serving: server.serving,
        bursts,
        idle: await Promise.all(idle),
      })),
    );
  } finally {
    for (const { server } of servers) stop(server.child);
  }
}

function stop(child) {
  child.removeAllListeners("exit");
  child.kill("SIGKILL");
  children.delete(child);
}

async function start(row) {
  const { runtime, flags = [], variables = {}, preload, name } = row;
  const library = preload && libraryFolders.map((folder) => `${folder}/${preload}`).find((path) => existsSync(path));
  if (preload && !library) throw new Error(`${name}: there is no ${preload} in ${libraryFolders.join(", ")}`);
  if (library) libraries[preload] = realpathSync(library).split("/").at(-1);
  const [program, ...args] = programs[runtime];
  const file = `${here}servers/allocators/${runtime}.mjs`;
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    DENO_NO_UPDATE_CHECK: "1",
    ...variables,
    ...(library ? { LD_PRELOAD: library } : {}),
  };
  const child = spawn("taskset", ["-c", "0", program, ...args, ...flags, file], {
    stdio: ["ignore", "ignore", "pipe"],
    env,
  });
  children.add(child);
  const port = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${runtime}, ${name} ended with ${code}`)));
    createInterface(child.stderr).on("line", (line) => {
      const found = /^port (\d+)$/.exec(line)?.[1];
      if (found) resolve(Number(found));
      else process.stderr.write(`${name}: ${line}\n`);
    });
  });
  const { serving } = await (await fetch(`http://127.0.0.1:${port}/allocator`)).json();
  if (!row.serving.test(serving)) throw new Error(`${runtime}, ${name} is served by ${serving}`);
  return { child, port, serving };
}

/** One burst: server CPU per request, requests per second, and the largest resident size during it. */
async function load(name, { child, port }, workload) {
  const { pid } = child;
  const before = cpuSeconds(pid);
  const script = workloads[workload].script ? ["-s", `${here}servers/allocators/post.lua`] : [];
  const wrk = ["wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, ...script, `http://127.0.0.1:${port}/${workload}`];
  const loader = spawn("taskset", ["-c", "1", ...wrk], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, WORKLOAD: workload },
  });
  let rssBytes = 0;
  const sampler = setInterval(() => {
    rssBytes = Math.max(rssBytes, residentBytes(pid).rss);
  }, SAMPLE_MS);
  let text = "";
  loader.stdout.on("data", (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => loader.once("close", resolve));
  clearInterval(sampler);
  const [, requests, time] = /(\d+) requests in ([\d.]+)s/.exec(text) ?? [];
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1];
  if (!(Number(requests) > 0) || failed) throw new Error(`the load of "${name}" failed: ${text}`);
  return {
    cpuUs: ((cpuSeconds(pid) - before) * 1e6) / Number(requests),
    requestsPerS: Number(requests) / Number(time),
    rssBytes: Math.max(rssBytes, residentBytes(pid).rss),
  };
}

function cpuSeconds(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Medians with their spread, and the ratios to the runtime's default in the same round. */
function summary({ row, workload, serving, bursts, idle }) {
  const base = samples.find((one) => one.workload === workload && one.row.runtime === row.runtime);
  const of = (read) => spread(bursts.map((burst, round) => read(burst, base.bursts[round])));
  return {
    runtime: row.runtime,
    name: row.name,
    workload,
    serving: serving.split("/").at(-1),
    ...(row.variables ? { variables: row.variables } : {}),
    ...(row.flags ? { flags: row.flags } : {}),
    cpuUs: of((burst) => burst.cpuUs),
    requestsPerS: of((burst) => burst.requestsPerS),
    rssBytes: of((burst) => burst.rssBytes),
    rssIdleBytes: spread(idle),
    cpuRatio: of((burst, other) => burst.cpuUs / other.cpuUs),
    rssRatio: of((burst, other) => burst.rssBytes / other.rssBytes),
    rssIdleRatio: spread(idle.map((bytes, round) => bytes / base.idle[round])),
  };
}

function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median: rounded(median), min: rounded(sorted[0]), max: rounded(sorted.at(-1)) };
}

function rounded(value) {
  return value >= 1000 ? Math.round(value) : Number(value.toFixed(3));
}
