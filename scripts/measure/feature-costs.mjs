/**
 * What each feature costs: server CPU per request of the emitted data plane with no feature, with each feature alone and
 * with all that production has by default, beside the bare runtime with the same headers, Hono and Elysia.
 *
 * All servers run at the same time on one core and are loaded in turn from the other, round after round, so that a slow
 * moment of the machine falls on all of them; a ratio is taken within a round. `node scripts/measure/feature-costs.mjs`
 * writes docs/measurements/feature-costs.{json,md}; `--runtime bun|deno`, `--rounds N`, `--seconds N` narrow it, and
 * a narrowed run writes nothing unless MEASURE_OUTPUT names a folder.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exitOnSignals } from "./exit-on-signals.mjs";
import { outputFolder, writesFigures } from "./output-folder.mjs";
import { printFeatureCosts } from "./print-feature-costs.mjs";

const { values } = parseArgs({
  options: {
    runtime: { type: "string", multiple: true, default: ["bun", "deno"] },
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "2" },
    dry: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../..", import.meta.url));
const TICKS_PER_SECOND = 100;
const CONNECTIONS = 32;

/** What a server for JSON has by default, and how its log is set: behind a proxy the proxy has the access log. */
const behindProxy = ["request-id", "request-log", "security-headers", "overload", "response-cache"];
const direct = [...behindProxy, "rate-limit", "compression"];
/** What the peers' own middleware has too. */
const common = ["request-id", "security-headers"];
const alone = ["request-id", "request-log", "security-headers", "cors", "overload", "rate-limit", "response-cache"];
const others = ["auth", "compression", "tasks", "static-files"];
/** A limit that is looked at and never reached: the load is one client. */
const settings = {
  "request-log": ["log.requests=all"],
  "rate-limit": ["rate_limit.requests_per_s=1000000", "rate_limit.burst=1000000", "rate_limit.clients_max=1024"],
  cors: ["cors.origins=*"],
};

const programs = {
  bun: [`${root}node_modules/bun/bin/bun.exe`, "run"],
  deno: [
    `${root}node_modules/deno/deno`,
    "run",
    "-A",
    "--unstable-net",
    "--no-check",
    "--config",
    `${root}templates/app/deno.json`,
  ],
};

/** Rows that answer with the fields of the emitted server with all defaults. */
const sendsTheSame = /same headers|security headers, counter/;

/** Whatever ends this program ends the servers. */
const children = [];
exitOnSignals();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

const result = { measured: new Date().toISOString().slice(0, 10), runtimes: {} };
for (const runtime of values.runtime) result.runtimes[runtime] = await measureRuntime(runtime);
result.machine = { cpu: cpus()[0]?.model ?? "unknown", cpus: cpus().length, kernel: release().split("-")[0] };
const table = printFeatureCosts(result);
console.log(table);
if (writesFigures()) {
  writeFileSync(`${outputFolder()}/feature-costs.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/feature-costs.md`, table);
}

async function measureRuntime(runtime) {
  const full = await start(runtime, "fastserve", [direct.join(","), ...settingsOf(direct)]);
  const headers = await headersOf(full);
  const { "x-request-id": id, "content-length": _, date: __, ...fixed } = headers;
  const rows = [
    ["bare runtime", await start(runtime, "bare", ["literal", "{}", ""])],
    [
      "bare runtime, same headers",
      await start(runtime, "bare", ["literal", JSON.stringify(fixed), id ? "x-request-id" : ""]),
    ],
    [
      "bare runtime, same headers, shared object",
      await start(runtime, "bare", ["shared", JSON.stringify(fixed), id ? "x-request-id" : ""]),
    ],
    ["fastserve, no features", await start(runtime, "fastserve", ["none"])],
    ...(await Promise.all(
      [...alone, ...others].map(async (name) => [
        `fastserve, ${name} alone`,
        await start(runtime, "fastserve", [name, ...settingsOf([name])]),
      ]),
    )),
    ["fastserve, request id and security headers", await start(runtime, "fastserve", [common.join(",")])],
    [
      "fastserve, all defaults behind a proxy",
      await start(runtime, "fastserve", [behindProxy.join(","), "log.requests=errors"]),
    ],
    ["fastserve, all defaults on the internet, with an access log", full],
    ["Hono", await start(runtime, "hono", ["bare"])],
    ["Hono, request id, security headers, counter", await start(runtime, "hono", ["features", JSON.stringify(fixed)])],
    ...(runtime === "bun"
      ? [
          ["Elysia", await start(runtime, "elysia", ["bare"])],
          [
            "Elysia, request id, security headers, counter",
            await start(runtime, "elysia", ["features", JSON.stringify(fixed)]),
          ],
        ]
      : []),
  ];
  try {
    for (const [name, server] of rows) if (sendsTheSame.test(name)) await sameBytes(name, server, full);
    const samples = new Map(rows.map(([name]) => [name, []]));
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      for (const [name, server] of rows) {
        const us = load(name, server);
        // The first round compiles.
        if (round > 0) samples.get(name).push(us);
      }
    }
    return summary(samples, fixed);
  } finally {
    for (const [, server] of rows) server.child.kill("SIGKILL");
  }
}

function settingsOf(names) {
  return names.flatMap((name) => settings[name] ?? []);
}

function start(runtime, server, args) {
  const file = `${root}scripts/measure/servers/features/${server}.mjs`;
  const [program, ...flags] = programs[runtime];
  const child = spawn("taskset", ["-c", "0", program, ...flags, file, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${server} ${args.join(" ")} ended with ${code}`)));
    createInterface(child.stderr).on("line", (line) => {
      const port = /^port (\d+)$/.exec(line)?.[1];
      if (!port) process.stderr.write(`${line}\n`);
      else resolve({ child, port: Number(port), path: args[0] === "response-cache" ? "/cached/42" : "/user/42" });
    });
  });
}

async function headersOf({ port, path }) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.arrayBuffer();
  return Object.fromEntries([...response.headers].filter(([name]) => !["connection", "keep-alive"].includes(name)));
}

/** The comparison is fair only if both send the same: same names, same body, ids of about the same length. */
async function sameBytes(name, server, full) {
  const [one, other] = [await headersOf(server), await headersOf(full)];
  const names = (headers) => Object.keys(headers).sort().join(", ");
  if (names(one) !== names(other)) throw new Error(`headers of "${name}" differ: ${names(one)} and ${names(other)}`);
}

/** CPU microseconds per request that the server's process spent under one burst of load. */
function load(name, { child, port, path }) {
  const before = cpuSeconds(child.pid);
  const args = ["-c", "1", "wrk", "-t1", `-c${CONNECTIONS}`, `-d${values.seconds}s`, `http://127.0.0.1:${port}${path}`];
  const { stdout } = spawnSync("taskset", args, { encoding: "utf8" });
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1];
  if (!requests || failed) throw new Error(`the load of "${name}" failed: ${stdout}`);
  return ((cpuSeconds(child.pid) - before) * 1e6) / requests;
}

function cpuSeconds(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function summary(samples, headers) {
  const base = samples.get("bare runtime, same headers");
  const rows = [...samples].map(([name, us]) => {
    const ratios = us.map((value, round) => value / base[round]).sort((a, b) => a - b);
    return { name, us: median(us), ratio: median(ratios), ratioMin: ratios[0], ratioMax: ratios.at(-1) };
  });
  return { headers, rows };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
