/**
 * The generator's own benchmarks: the command line beside create-vite, each stage inside a process, and how many plans
 * a second go through. `npm run bench` takes about two minutes on a quiet machine and writes
 * docs/measurements/cli.{json,md} with date and hardware.
 *
 * `--rounds N` changes how often each is measured; with it, or with `--output FOLDER`, other files than the documents'
 * are written, because few rounds are no figures: into FOLDER, or nowhere.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { hardware } from "../measure/hardware.mjs";
import { outputFolder } from "../measure/output-folder.mjs";
import { measureCommands } from "./commands.ts";
import { measureMatrix } from "./matrix.ts";
import { printCli } from "./print-cli.ts";
import { measureStages } from "./stages.ts";

/** The fewest of which 95 % of a binomial leave more than the outermost values out at each end, and quick enough. */
const ROUNDS = 15;
const { values } = parseArgs({ options: { rounds: { type: "string" }, output: { type: "string" } } });
const rounds = Number(values.rounds ?? ROUNDS);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
  console.error(`--rounds ${values.rounds}: give a whole number from 1 to 1000.`);
  process.exit(2);
}

const stages = measureStages(rounds);
const matrix = await measureMatrix(rounds);
const result = {
  schema: 2,
  date: new Date().toISOString().slice(0, 10),
  hardware: { ...hardware(), node: process.versions.node },
  rounds,
  ...measureCommands(rounds),
  stages,
  matrix,
  // Of this process, which has solved and composed all of them.
  rssPeakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
};

const text = printCli(result);
console.log(text);
const isWhole = values.rounds === undefined || process.env.MEASURE_OUTPUT !== undefined;
const folder = values.output ?? (isWhole ? outputFolder() : undefined);
if (folder === undefined) {
  console.log("Nothing was written, because --rounds was given; --output FOLDER writes there.");
} else {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cli.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(join(folder, "cli.md"), text);
}
