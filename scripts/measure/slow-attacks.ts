/**
 * Slow attacks with slowhttptest against each adapter that claims protection, and a client beside them that must be
 * served: `npx tsx scripts/measure/slow-attacks.ts` writes docs/measurements/slow-attacks.md.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../test-stages.ts";

const CONNECTIONS = 200;
const SECONDS = 40;
const PROBE_MS = 100;
const PROBE_MS_MAX = 5000;

const bun = join(root, "node_modules", "bun", "bin", "bun.exe");
const deno = join(root, "node_modules", "deno", "deno");
const denoRun = [deno, "run", "-A", "--unstable-net", "--no-check", "--config"];

const adapters: Readonly<Record<string, readonly string[]>> = {
  bun: [bun],
  "deno-http": [...denoRun, "deno.http.json"],
};

/** -i: seconds between drops; -r: connections a second; -x: bytes of a drop; -w, -y, -z, -n: how slowly an answer is read. */
const attacks: Readonly<Record<string, readonly string[]>> = {
  "slow heads (-H)": ["-H", "-u", "/exact", "-i", "1", "-x", "24"],
  "slow bodies (-B)": ["-B", "-u", "/echo", "-i", "1", "-s", "100000", "-x", "10"],
  "ranges (-R)": ["-R", "-u", "/exact", "-t", "HEAD", "-a", "10", "-b", "3000"],
  "slow reading (-X)": ["-X", "-u", "/large", "-w", "512", "-y", "1024", "-n", "1", "-z", "32", "-k", "3"],
};

interface Row {
  readonly adapter: string;
  readonly attack: string;
  readonly availablePercent: number;
  readonly probeMsMax: number;
  /** Seconds until slowhttptest counts no open connection any more; undefined: not within the run. */
  readonly closedSeconds: number | undefined;
}

async function startServer(adapter: string): Promise<{ child: ChildProcess; port: number }> {
  const [program = "", ...rest] = adapters[adapter] ?? [];
  const child = spawn(program, [...rest, "test/attack/slow-server.ts"], {
    cwd: join(root, "templates", "app"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return { child, port: Number(String(line)) };
}

async function measure(adapter: string, attack: string): Promise<Row> {
  const { child, port } = await startServer(adapter);
  const options = [
    ...(attacks[attack] ?? []),
    "-c",
    String(CONNECTIONS),
    "-r",
    "100",
    "-l",
    String(SECONDS),
    "-p",
    "3",
  ];
  const target = options.indexOf("-u") + 1;
  options[target] = `http://127.0.0.1:${port}${options[target]}`;
  const attacker = spawn("slowhttptest", options, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  attacker.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const ended = once(attacker, "exit");
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const probes: (number | undefined)[] = [];
  while (!isOver) {
    probes.push(await probe(port));
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  child.kill("SIGKILL");
  const served = probes.filter((ms) => ms !== undefined);
  return {
    adapter,
    attack,
    availablePercent: (100 * served.length) / Math.max(1, probes.length),
    probeMsMax: Math.max(...served, 0),
    closedSeconds: closedAfter(said),
  };
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

/** The tool ends its test when all connections are closed, and says at which second. */
function closedAfter(said: string): number | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the tool colours its lines
  const text = said.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const match = /Test ended on (\d+)(?:st|nd|rd|th) second/.exec(text);
  return match && /No open connections left/.test(text) ? Number(match[1]) : undefined;
}

const rows: Row[] = [];
for (const adapter of Object.keys(adapters)) {
  for (const attack of Object.keys(attacks)) rows.push(await measure(adapter, attack));
}
const date = new Date().toISOString().slice(0, 10);
writeFileSync(
  join(root, "docs", "measurements", "slow-attacks.md"),
  [
    "# Slow attacks",
    "",
    `Measured on ${date} by \`scripts/measure/slow-attacks.ts\`: slowhttptest with ${CONNECTIONS} connections for ${SECONDS} s, and a client`,
    "that asks ten times a second on a new connection. Deno.serve claims no protection of its own and is not in the table: the",
    "generated proxy configurations protect it.",
    "",
    "| adapter | attack | service available | slowest answer, ms | all attacking connections closed after |",
    "|---|---|---:|---:|---:|",
    ...rows.map(
      ({ adapter, attack, availablePercent, probeMsMax, closedSeconds }) =>
        `| ${adapter} | ${attack} | ${availablePercent.toFixed(1)} % | ${Math.round(probeMsMax)} | ${closedSeconds === undefined ? "not within the run" : `${closedSeconds} s`} |`,
    ),
    "",
  ].join("\n"),
);
