/**
 * What a command costs from start to end, beside create-vite and an empty Node process: wall time, CPU time of the
 * process, its peak resident size.
 *
 * The commands take turns, and a ratio is taken within a round, so that a slow moment of the machine falls on both. A
 * create writes the whole project and neither installs nor initialises git, as create-vite does not. A retune finds the
 * project as it was created, for the machine that it was created on.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Comparison, compare, type Figure, figureOf } from "../../templates/app/bench/method/statistics.ts";
import { root } from "../test-stages.ts";

const own = join(root, "bin", "create-fastserve.js");
const vite = join(root, "node_modules", "create-vite", "index.js");
const reportUsage = join(import.meta.dirname ?? ".", "report-usage.cjs");

const commands = {
  "node -e 0": ["-e", "0"],
  "create-vite --help": [vite, "--help"],
  "create-fastserve --version": [own, "--version"],
  "create-fastserve --help": [own, "--help"],
  "create-vite, full create": [vite, "app", "--template", "vanilla-ts", "--no-interactive"],
  "create-fastserve, full create": [own, "app", "--yes", "--no-install", "--no-git"],
  "create-fastserve --dry-run": [own, "app", "--yes", "--dry-run"],
  "create-fastserve retune, nothing changed": [own, "retune", "--yes"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type CommandName = keyof typeof commands;

/** Runs in a project instead of an empty folder, and leaves it as it is. */
const inProject: ReadonlySet<CommandName> = new Set(["create-fastserve retune, nothing changed"]);

const pairs: readonly (readonly [CommandName, CommandName])[] = [
  ["create-fastserve --version", "node -e 0"],
  ["create-fastserve --help", "create-vite --help"],
  ["create-fastserve, full create", "create-vite, full create"],
  ["create-fastserve retune, nothing changed", "create-fastserve --dry-run"],
];

interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssPeakMiB: number;
}

export interface CommandFigures {
  readonly name: string;
  readonly wallMs: Figure;
  readonly cpuMs: Figure;
  readonly rssPeakMiB: Figure;
}

export interface CommandComparison {
  readonly name: string;
  readonly beside: string;
  readonly wall: Comparison;
  readonly cpu: Comparison;
}

export interface CommandResult {
  readonly commands: readonly CommandFigures[];
  readonly comparisons: readonly CommandComparison[];
}

export function measureCommands(rounds: number): CommandResult {
  const place = mkdtempSync(join(tmpdir(), "fastserve-bench-project-"));
  try {
    runIn(place, "create-fastserve, full create");
    return measureIn(join(place, "app"), rounds);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function measureIn(project: string, rounds: number): CommandResult {
  const names = Object.keys(commands) as CommandName[];
  const runs = new Map<CommandName, Run[]>(names.map((name) => [name, []]));
  // The first round fills the page cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const run = inProject.has(name) ? runIn(project, name) : runInEmptyFolder(name);
      if (round > 0) runs.get(name)?.push(run);
    }
  }
  const of = (name: CommandName, key: keyof Run) => (runs.get(name) ?? []).map((run) => run[key]);
  const paired = (name: CommandName, beside: CommandName, key: keyof Run) => {
    const others = of(beside, key);
    return compare(of(name, key).map((value, round) => [value, others[round] ?? Number.NaN] as const));
  };
  return {
    commands: names.map((name) => ({
      name,
      wallMs: figureOf(of(name, "wallMs")),
      cpuMs: figureOf(of(name, "cpuMs")),
      rssPeakMiB: figureOf(of(name, "rssPeakMiB")),
    })),
    comparisons: pairs.map(([name, beside]) => ({
      name,
      beside,
      wall: paired(name, beside, "wallMs"),
      cpu: paired(name, beside, "cpuMs"),
    })),
  };
}

function runInEmptyFolder(name: CommandName): Run {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-bench-"));
  try {
    return runIn(folder, name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runIn(folder: string, name: CommandName): Run {
  const startedMs = performance.now();
  const { status, stderr, output } = spawnSync(process.execPath, ["--require", reportUsage, ...commands[name]], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const wallMs = performance.now() - startedMs;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  const { cpuUs, rssPeakKiB } = JSON.parse(output[3] ?? "") as { cpuUs: number; rssPeakKiB: number };
  return { wallMs, cpuMs: cpuUs / 1000, rssPeakMiB: rssPeakKiB / 1024 };
}
