/**
 * Measures what a server costs in memory on Bun and on Deno: the process, each further worker thread, each idle
 * connection and each idle WebSocket. The planning rules cite its result.
 *
 * Every figure is a slope or a reading of /proc after warm-up; costs per connection are the slope between two
 * counts, so that a constant error cancels. Run it on an idle Linux machine:
 *   node scripts/measure/memory-costs.mjs
 * It writes docs/measurements/memory-costs.json and memory-costs.md. It takes about five minutes.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { load, openAny, openHttp, openMany, openWebSocket } from "./clients.mjs";
import { outputFolder } from "./output-folder.mjs";
import { printMarkdown } from "./print-markdown.mjs";
import { forgetUsedPages, kernelBytes, residentBytes, usedFileBytes } from "./process-memory.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bun = join(root, "node_modules/bun/bin/bun.exe");
const deno = join(root, "node_modules/deno/deno");
const server = (name) => fileURLToPath(new URL(`./servers/${name}.mjs`, import.meta.url));

/** The adapters, and whether the measured server has a WebSocket route. */
const adapters = [
  { adapter: "bun", webSocket: true, command: (args) => [bun, [server("bun"), ...args]] },
  { adapter: "deno-serve", webSocket: true, command: (args, flags) => denoCommand("deno-serve", args, flags) },
  { adapter: "deno-http", webSocket: false, command: (args, flags) => denoCommand("deno-http", args, flags) },
];

/** Young generation at 1 MiB per semi-space, as small plans set it, so that garbage does not hide the costs. */
const SMALL_HEAP = ["--max-semi-space-size=1"];
/** Enough requests for every code path to be compiled and the heap to settle. */
const WARM_UP_REQUESTS = process.env.MEASURE_SMOKE ? 500 : 20_000;
/** Counts between which the cost of one connection is the slope. */
const [FEW, MANY] = process.env.MEASURE_SMOKE ? [50, 150] : [500, 3000];

function denoCommand(name, args, flags = SMALL_HEAP) {
  return [deno, ["run", "-A", "--unstable-net", `--v8-flags=${flags.join(",")}`, server(name), ...args]];
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts a server, waits until it answers, runs `body`, and ends that process whatever happens. */
async function withServer(row, { workers = 0, flags, environment = {}, folder, open = openHttp }, body) {
  const port = await freePort();
  const [command, args] = row.command([String(port), String(workers)], flags);
  const env = { ...process.env, ...environment };
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env, ...(folder ? { cwd: folder } : {}) });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  try {
    await waitUntilItAnswers(
      () => open(port, environment.CERT !== undefined),
      child,
      () => errors,
    );
    // With several workers the first answer says nothing about the others.
    await sleep(500);
    return await body(port, child.pid, child);
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

async function waitUntilItAnswers(openOne, child, errors) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${errors()}`);
    try {
      (await openOne()).destroy();
      return;
    } catch {
      // Not listening yet; the loop is bounded.
      await sleep(100);
    }
  }
  throw new Error(`the server did not answer within 10 s: ${errors()}`);
}

async function measureBase(row) {
  return withServer(row, {}, async (port, pid) => {
    const fresh = residentBytes(pid);
    await load(port, 8, WARM_UP_REQUESTS);
    await sleep(3000);
    const warm = { ...residentBytes(pid), ...(await (await fetch(`http://127.0.0.1:${port}/heap`)).json()) };
    forgetUsedPages(pid);
    await load(port, 8, 5000);
    return { fresh, warm, usedFile: usedFileBytes(pid) };
  });
}

async function measureThread(row) {
  const readings = [];
  for (const workers of [1, 2, 4, 8]) {
    readings.push(
      await withServer(row, { workers }, async (port, pid) => {
        const fresh = residentBytes(pid).anonymous;
        // Many connections, so that the kernel gives every worker its part.
        await load(port, 32 * workers, WARM_UP_REQUESTS * workers);
        await sleep(3000);
        return { workers, fresh, warm: residentBytes(pid).anonymous };
      }),
    );
  }
  const [first, last] = [readings[0], readings.at(-1)];
  const slope = (key) => Math.round((last[key] - first[key]) / (last.workers - first.workers));
  return { readings, freshPerThread: slope("fresh"), warmPerThread: slope("warm") };
}

async function measureConnections(row, openOne, environment = {}) {
  return withServer(row, { environment }, async (port, pid) => {
    const tls = environment.CERT !== undefined;
    const few = await openMany(FEW, () => openOne(port, tls));
    await sleep(3000);
    const before = { user: residentBytes(pid).anonymous, kernel: kernelBytes() };
    const many = await openMany(MANY - FEW, () => openOne(port, tls));
    await sleep(3000);
    const after = { user: residentBytes(pid).anonymous, kernel: kernelBytes() };
    for (const socket of [...few, ...many]) socket.destroy();
    const added = MANY - FEW;
    return {
      user: Math.round((after.user - before.user) / added),
      // Both ends live on this machine; half of the kernel's memory is the server's.
      kernel: Math.round((after.kernel - before.kernel) / added / 2),
    };
  });
}

/** The smallest old space with which a Deno server boots and answers the warm-up load. */
async function measureSmallestHeap(row) {
  for (const mebibytes of [2, 4, 6, 8, 12, 16, 24, 32]) {
    const flags = [`--max-old-space-size=${mebibytes}`, ...SMALL_HEAP];
    try {
      await withServer(row, { flags }, (port) => load(port, 8, WARM_UP_REQUESTS));
      return mebibytes * 1024 ** 2;
    } catch {
      // Too small: V8 ended the process; try the next size.
    }
  }
  throw new Error("no measured heap size was enough");
}

/** Anonymous bytes after the same load with two semi-space sizes: what a mebibyte of semi-space really costs. */
async function measureSemiSpace(row) {
  const anonymous = {};
  for (const mebibytes of [1, 16]) {
    const flags = [`--max-semi-space-size=${mebibytes}`, `--min-semi-space-size=${mebibytes}`];
    anonymous[mebibytes] = await withServer(row, { flags }, async (port, pid) => {
      await load(port, 8, 3 * WARM_UP_REQUESTS);
      return residentBytes(pid).anonymous;
    });
  }
  return { anonymous, bytesPerByte: Math.round(((anonymous[16] - anonymous[1]) / (15 * 1024 ** 2)) * 100) / 100 };
}

/** How the emitted server of this repository starts on each adapter; it is configured by environment. */
const application = fileURLToPath(new URL("../../templates/app/", import.meta.url));
const denoFlags = ["--unstable-net", "--unstable-worker-options", `--v8-flags=${SMALL_HEAP}`];
const applicationCommands = {
  bun: () => [bun, ["src/main.ts"]],
  "deno-serve": () => [deno, ["run", "-A", ...denoFlags, "src/main.ts"]],
  "deno-http": () => [deno, ["run", "-A", "--config", "deno.http.json", ...denoFlags, "src/main.ts"]],
};

/**
 * The emitted server before any load: its control plane holds the configuration schema, which the bare servers above
 * do not. `process` is it without the data plane's thread, served inline or from worker threads.
 */
async function measureApplication(row) {
  const anonymous = {};
  let file = 0;
  for (const [mode, workers] of [
    ["inline", 1],
    ["threads", 1],
    ["threads", 4],
  ]) {
    const environment = {
      FASTSERVE__WORKERS__MODE: mode,
      FASTSERVE__WORKERS__COUNT: String(workers),
      FASTSERVE__LOG__REQUESTS: "none",
      FASTSERVE__ADMIN__PORT: "0",
    };
    const command = ([port]) => {
      environment.FASTSERVE__SERVER__PORT = port;
      return applicationCommands[row.adapter]();
    };
    const options = { environment, folder: application, open: openAny };
    anonymous[`${mode}${workers}`] = await withServer({ command }, options, async (port, pid) => {
      const fresh = residentBytes(pid).anonymous;
      await load(port, 8, WARM_UP_REQUESTS);
      file = Math.max(file, residentBytes(pid).file);
      return fresh;
    });
  }
  const worker = Math.round((anonymous.threads4 - anonymous.threads1) / 3);
  return { anonymous, file, worker, control: anonymous.threads1 - worker };
}

function selfSigned(folder) {
  const [CERT, KEY] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-keyout",
      KEY,
      "-out",
      CERT,
      ...subject,
    ],
    { stdio: "ignore" },
  );
  return { CERT, KEY };
}

async function measure(row, certificate) {
  const base = await measureBase(row);
  const thread = await measureThread(row);
  const http = await measureConnections(row, openHttp);
  const https = await measureConnections(row, openHttp, certificate);
  const webSocket = row.webSocket ? await measureConnections(row, openWebSocket) : undefined;
  const engine =
    row.adapter === "bun"
      ? undefined
      : { smallestHeap: await measureSmallestHeap(row), semiSpace: await measureSemiSpace(row) };
  const emitted = await measureApplication(row);
  return { base, thread, connection: { http, https, webSocket }, engine, emitted };
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "memory-costs-"));
  try {
    const certificate = selfSigned(folder);
    const result = {
      measured: new Date().toISOString().slice(0, 10),
      machine: { cpu: cpus()[0].model.trim(), cpus: cpus().length, kernel: release().split("-")[0] },
      runtimes: {
        bun: execFileSync(bun, ["--version"], { encoding: "utf8" }).trim(),
        deno: /deno (\S+)/.exec(execFileSync(deno, ["--version"], { encoding: "utf8" }))[1],
        node: process.versions.node,
      },
      unit: "bytes",
      adapters: {},
    };
    for (const row of adapters) {
      console.error(`measuring ${row.adapter}`);
      result.adapters[row.adapter] = await measure(row, certificate);
    }
    const output = outputFolder();
    writeFileSync(join(output, "memory-costs.json"), `${JSON.stringify(result, null, 2)}\n`);
    writeFileSync(join(output, "memory-costs.md"), printMarkdown(result));
    console.log(readFileSync(join(output, "memory-costs.md"), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
