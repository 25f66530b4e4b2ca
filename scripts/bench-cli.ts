/**
 * Compares this command line with create-vite and with an empty Node process, interleaved in one run.
 *
 * Figures are wall-clock medians and their ratios, pair by pair, because a machine's speed drifts between runs. A full
 * create writes the project and neither installs nor initialises git, as create-vite does not. The result goes to
 * docs/measurements/cli.json and cli.md with date and hardware.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./test-stages.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "15" } } });
const runs = Number(values.runs);
const own = join(root, "bin", "create-fastserve.js");
const vite = join(root, "node_modules", "create-vite", "index.js");

interface Row {
  readonly name: string;
  readonly args: (folder: string) => readonly string[];
}

const rows: readonly Row[] = [
  { name: "node -e 0", args: () => ["-e", "0"] },
  { name: "create-vite --help", args: () => [vite, "--help"] },
  { name: "create-fastserve --help", args: () => [own, "--help"] },
  {
    name: "create-vite, full create",
    args: () => [vite, "app-vite", "--template", "vanilla-ts", "--no-interactive"],
  },
  {
    name: "create-fastserve, full create",
    args: () => [own, "app-fastserve", "--yes", "--no-install", "--no-git"],
  },
];

const times = new Map<string, number[]>(rows.map(({ name }) => [name, []]));
for (let round = 0; round <= runs; round += 1) {
  for (const row of rows) {
    const ms = timeOnce(row);
    // The first round warms the page cache.
    if (round > 0) times.get(row.name)?.push(ms);
  }
}

const table = rows.map(({ name }) => ({ name, medianMs: round1(median(times.get(name) ?? [])) }));
const ratios = {
  help: pairedRatio("create-fastserve --help", "create-vite --help"),
  create: pairedRatio("create-fastserve, full create", "create-vite, full create"),
};
report();

function timeOnce(row: Row): number {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-bench-"));
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, row.args(folder), { cwd: folder, encoding: "utf8" });
  const ms = performance.now() - startedMs;
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(`${row.name} ended with ${status}: ${stderr}`);
  return ms;
}

function pairedRatio(name: string, other: string): number {
  const others = times.get(other) ?? [];
  const pairs = (times.get(name) ?? []).map((ms, index) => ms / (others[index] ?? Number.NaN));
  return Math.round(median(pairs) * 100) / 100;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function report(): void {
  const date = new Date().toISOString().slice(0, 10);
  const [cpu] = cpus();
  const hardware = {
    cpu: cpu?.model ?? "unknown",
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: release().split("-")[0],
    node: process.versions.node,
  };
  const folder = join(root, "docs", "measurements");
  writeFileSync(
    join(folder, "cli.json"),
    `${JSON.stringify({ schema: 1, date, runs, hardware, table, ratios }, undefined, 2)}\n`,
  );
  const lines = [
    "# The command line beside create-vite",
    "",
    `${date}, ${hardware.cpus} CPUs (${hardware.cpu}), Node ${hardware.node}; ${runs} interleaved runs; made by \`npm run bench\`.`,
    "",
    "| command | median, ms |",
    "|---|---|",
    ...table.map(({ name, medianMs }) => `| ${name} | ${medianMs} |`),
    "",
    `Ratio to create-vite, median of pairs: \`--help\` ${ratios.help}, full create ${ratios.create}.`,
    "",
  ];
  writeFileSync(join(folder, "cli.md"), lines.join("\n"));
  console.log(lines.join("\n"));
}
