/**
 * Slow attacks with slowhttptest against each adapter that claims protection, and a client beside them that must be
 * served: `npx tsx scripts/measure/slow-attacks.ts` writes docs/measurements/slow-attacks.md, in less than four minutes.
 * With --seconds or --connections it prints the table instead: other settings are no figures for the documents.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { root } from "../test-stages.ts";

/** Longer than the longest time of test/attack/slow-server.ts, the 20 s of a request, and than Bun's 12 s of a head. */
const SECONDS = 25;
const CONNECTIONS = 200;
const CONNECTIONS_PER_S = 100;
const PROBE_MS = 100;
const PROBE_MS_MAX = 5000;
/** What slowhttptest takes beyond its own time, and the server to start. */
const SPARE_MS = 30_000;

const bun = join(root, "node_modules", "bun", "bin", "bun.exe");
const deno = join(root, "node_modules", "deno", "deno");
const denoRun = [deno, "run", "-A", "--unstable-net", "--no-check", "--config"];

const adapters: Readonly<Record<string, readonly string[]>> = {
  bun: [bun],
  "deno-http": [...denoRun, "deno.http.json"],
};

interface Attack {
  readonly path: string;
  /** -i: seconds between drops; -x: bytes of a drop; -w, -y, -z, -n: how slowly an answer is read. */
  readonly options: readonly string[];
}

const attacks: Readonly<Record<string, Attack>> = {
  "slow heads (-H)": { path: "/exact", options: ["-H", "-i", "1", "-x", "24"] },
  "slow bodies (-B)": { path: "/echo", options: ["-B", "-i", "1", "-s", "100000", "-x", "10"] },
  "ranges (-R)": { path: "/exact", options: ["-R", "-t", "HEAD", "-a", "10", "-b", "3000"] },
  "slow reading (-X)": {
    path: "/large",
    options: ["-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32", "-k", "3"],
  },
};

interface Settings {
  readonly seconds: number;
  readonly connections: number;
}

interface Row {
  readonly adapter: string;
  readonly attack: string;
  readonly probes: number;
  readonly served: number;
  readonly probeMsMax: number;
  readonly openMax: number;
  /** Seconds until the server had closed the last one; undefined: not within the run. */
  readonly closedSeconds: number | undefined;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: "string" }, connections: { type: "string" } } });
  const settings = {
    seconds: wholeNumber("--seconds", values.seconds) ?? SECONDS,
    connections: wholeNumber("--connections", values.connections) ?? CONNECTIONS,
  };
  const tool = spawnSync("slowhttptest", ["-h"], { encoding: "utf8" });
  if (tool.error) throw new Error(`slowhttptest does not run: ${tool.error.message}; install it, it does the attacks.`);
  const version = /version (\S+)/.exec(`${tool.stdout}${tool.stderr}`)?.[1] ?? "of an unknown version";
  const rows: Row[] = [];
  for (const adapter of Object.keys(adapters)) {
    for (const [name, attack] of Object.entries(attacks)) {
      process.stderr.write(`${adapter}, ${name} ... `);
      const row = await measure(adapter, name, attack, settings);
      process.stderr.write(`${row.served} of ${row.probes} served\n`);
      rows.push(row);
    }
  }
  const text = table(rows, version, settings);
  if (Object.keys(values).length > 0) process.stdout.write(text);
  else writeFileSync(join(root, "docs", "measurements", "slow-attacks.md"), text);
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`${name} ${text}: write a whole number from 1 to 9999.`);
  return Number(text);
}

async function measure(adapter: string, name: string, attack: Attack, settings: Settings): Promise<Row> {
  const { child, port } = await startServer(adapter);
  const folder = mkdtempSync(join(tmpdir(), "fastserve-slow-"));
  try {
    const counts = [
      "-c",
      String(settings.connections),
      "-r",
      String(CONNECTIONS_PER_S),
      "-l",
      String(settings.seconds),
    ];
    const report = ["-g", "-o", join(folder, "report")];
    const target = ["-u", `http://127.0.0.1:${port}${attack.path}`];
    const attacker = spawn("slowhttptest", [...attack.options, ...counts, ...report, ...target], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let said = "";
    attacker.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const probes = await probeUntilExit(attacker, port, settings.seconds * 1000 + SPARE_MS);
    const served = probes.filter((ms) => ms !== undefined);
    return {
      adapter,
      attack: name,
      probes: probes.length,
      served: served.length,
      probeMsMax: Math.max(...served, 0),
      openMax: openMax(readFileSync(join(folder, "report.csv"), "utf8")),
      closedSeconds: closedAfter(said),
    };
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startServer(adapter: string): Promise<{ child: ChildProcess; port: number }> {
  const [program = "", ...rest] = adapters[adapter] ?? [];
  const child = spawn(program, [...rest, "test/attack/slow-server.ts"], {
    cwd: join(root, "templates", "app"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${adapter}: the server ended with ${code} before it listened.`);
  });
  // Its end later is no failure.
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(child.stdout, "data"), ended]);
  return { child, port: Number(String(line)) };
}

/** Asks again and again while the attack lasts. */
async function probeUntilExit(attacker: ChildProcess, port: number, msMax: number): Promise<(number | undefined)[]> {
  const ended = once(attacker, "exit");
  const late = setTimeout(() => attacker.kill("SIGKILL"), msMax);
  const probes: (number | undefined)[] = [];
  while (attacker.exitCode === null && attacker.signalCode === null) {
    probes.push(await probe(port));
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  await ended;
  clearTimeout(late);
  if (attacker.signalCode) throw new Error(`slowhttptest was ended after ${msMax} ms.`);
  return probes;
}

/** Milliseconds, or undefined when it was not served. */
async function probe(port: number): Promise<number | undefined> {
  const startedMs = performance.now();
  try {
    const signal = AbortSignal.timeout(PROBE_MS_MAX);
    const response = await fetch(`http://127.0.0.1:${port}/exact`, { signal, headers: { connection: "close" } });
    await response.text();
    return response.status === 200 ? performance.now() - startedMs : undefined;
  } catch {
    return undefined;
  }
}

/** Out of the tool's CSV: "Seconds,Closed,Pending,Connected,Service Available", one line a second. */
function openMax(csv: string): number {
  const [head = "", ...lines] = csv.trim().split("\n");
  if (!head.startsWith("Seconds,Closed,Pending,Connected")) throw new Error(`slowhttptest reports "${head}".`);
  return Math.max(0, ...lines.map((line) => Number(line.split(",")[3])));
}

/** The tool ends early when no connection is left, and says in which second; its CSV's last line is older than that. */
function closedAfter(said: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the tool colours its lines.
  const text = said.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, "");
  const second = /Test ended on (\d+)\w\w second/.exec(text)?.[1];
  const status = /Exit status: (.+)/.exec(text)?.[1];
  if (second === undefined || status === undefined) throw new Error(`slowhttptest did not say how it ended:\n${text}`);
  if (/^Hit test time limit/.test(status)) return undefined;
  if (!/^No open connections left/.test(status)) throw new Error(`slowhttptest ended with: ${status}`);
  return Number(second);
}

function table(rows: readonly Row[], version: string, { seconds, connections }: Settings): string {
  return [
    "# Slow attacks",
    "",
    `Measured on ${new Date().toISOString().slice(0, 10)} by \`scripts/measure/slow-attacks.ts\`: slowhttptest ${version} with ${connections} connections for ${seconds} s, and a`,
    "client beside it that asks ten times a second, each time on a new connection. Deno.serve claims no protection of its own",
    "and is not in the table: the generated proxy configurations protect it. The server gives a head 10 s, a request 20 s, and",
    "an idle connection 10 s; Bun has times of its own (about 12 s for a head, 16 KB/s for a body).",
    "",
    "| adapter | attack | client served | slowest answer, ms | most attacking connections open | all of them closed after |",
    "|---|---|---:|---:|---:|---:|",
    ...rows.map(({ adapter, attack, probes, served, probeMsMax, openMax, closedSeconds }) => {
      const closed = closedSeconds === undefined ? "not within the run" : `${closedSeconds} s`;
      return `| ${adapter} | ${attack} | ${served} of ${probes} | ${Math.round(probeMsMax)} | ${openMax} | ${closed} |`;
    }),
    "",
  ].join("\n");
}
