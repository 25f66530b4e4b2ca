/** Prints what scripts/bench/main.ts found as the tables that people read. */
import type { Comparison, Figure } from "../../templates/app/bench/method/statistics.ts";
import type { CommandResult } from "./commands.ts";
import type { MatrixFigures } from "./matrix.ts";
import type { StageFigure } from "./stages.ts";

export interface CliResult extends CommandResult {
  readonly date: string;
  readonly hardware: { readonly cpu: string; readonly cpus: number; readonly kernel: string; readonly node: string };
  readonly rounds: number;
  readonly stages: readonly StageFigure[];
  readonly matrix: MatrixFigures;
  readonly rssPeakMiB: number;
}

export function printCli({ date, hardware, rounds, commands, comparisons, stages, matrix, rssPeakMiB }: CliResult) {
  const [first] = comparisons;
  return [
    "# The generator's own benchmarks",
    "",
    `Measured on ${date} by \`npm run bench\`: ${hardware.cpu}, ${hardware.cpus} CPUs, Linux ${hardware.kernel}, Node ${hardware.node}.`,
    `${rounds} rounds in which the commands take turns; figures are medians ± half of the range of the middle half.`,
    "",
    "## Commands, from start to end",
    "",
    "| command | wall time, ms | CPU time, ms | peak memory, MiB |",
    "|---|---:|---:|---:|",
    ...commands.map(
      (row) => `| ${row.name} | ${spread(row.wallMs)} | ${spread(row.cpuMs)} | ${spread(row.rssPeakMiB)} |`,
    ),
    "",
    `Ratios within a round, median and the interval that covers the true one with ${percent(first?.wall.confidence)}:`,
    "",
    "| command | beside | wall time | CPU time |",
    "|---|---|---:|---:|",
    ...comparisons.map(({ name, beside, wall, cpu }) => `| ${name} | ${beside} | ${ratio(wall)} | ${ratio(cpu)} |`),
    "",
    "## Stages, inside a process that has done them before",
    "",
    "| stage | ms |",
    "|---|---:|",
    ...stages.map(({ name, ms }) => `| ${name} | ${spread(ms, 2)} |`),
    "",
    `${matrix.plans} different plans: ${spread(matrix.solvedPerS, 0)} solved and ${spread(matrix.composedPerS, 0)} composed a second;`,
    `${rssPeakMiB} MiB of peak memory, with the whole generator loaded.`,
    "",
  ].join("\n");
}

function spread({ median, spread: half }: Figure, digits = 1): string {
  return `${median.toFixed(digits)} ± ${half.toFixed(digits)}`;
}

function ratio({ ratio: middle, low, high }: Comparison): string {
  return `${middle.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}

function percent(share = 0): string {
  return `${(share * 100).toFixed(1)} %`;
}
