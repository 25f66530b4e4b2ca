/** The command line of the allocation bench. */
import { BenchError } from "../cli/bench-error.ts";
import { type Flags, helpRows, readFlags } from "../cli/flags.ts";
import { PAIRS_MIN } from "../method/statistics.ts";
import { SECONDS_DEFAULT, SECONDS_MAX, SECONDS_QUICK } from "./budget.ts";

export interface AllocOptions {
  /** What is compared: ways to get memory, or the server with each use of owned memory on and off. */
  readonly mode: "ways" | "uses";
  readonly quick: boolean;
  readonly seconds: number;
  readonly jsonFile: string | undefined;
  /** Of servers, for each use. */
  readonly pairs: number;
  /** Names of uses; empty: all. */
  readonly only: readonly string[];
}

/** As few as can prove anything; nine or twelve bear an outlier at each end, or two. */
const PAIRS_DEFAULT = PAIRS_MIN;
const PAIRS_MAX = 100;

const flags: Flags = {
  "--seconds": { value: "N", text: `time for everything, about; ${SECONDS_DEFAULT}` },
  "--quick": { value: "", text: `a look in about ${SECONDS_QUICK} s; the figures are rough` },
  "--uses": { value: "", text: "the server with each use of arenas and pools on and off instead" },
  "--pairs": { value: "N", text: `with --uses: servers started for each, one on and one off; ${PAIRS_DEFAULT}` },
  "--only": { value: "USE", text: "with --uses: these alone, separated by commas" },
  "--json": { value: "FILE", text: "write the figures as JSON" },
};

export function helpText(): string {
  return `Compares ways to get memory on this machine, under each allocator that is available.\n\n${helpRows(flags)}`;
}

/** @returns "help", or the options; throws a BenchError that names every mistake. */
export function parseAllocOptions(args: readonly string[]): AllocOptions | "help" {
  const problems: string[] = [];
  const given = readFlags(flags, args, problems);
  if (given === "help") return "help";
  const whole = (flag: string, standard: number, min: number, max: number): number => {
    const text = given.get(flag);
    if (text === undefined) return standard;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    problems.push(`${flag} ${text}: give a whole number from ${min} to ${max}.`);
    return standard;
  };
  const quick = given.has("--quick");
  const mode = given.has("--uses") ? "uses" : "ways";
  for (const flag of ["--pairs", "--only"]) {
    if (mode === "ways" && given.has(flag)) problems.push(`${flag} is for --uses.`);
  }
  if (mode === "uses" && given.has("--seconds")) problems.push("--seconds is not for --uses; --pairs is.");
  const options: AllocOptions = {
    mode,
    quick,
    seconds: whole("--seconds", quick ? SECONDS_QUICK : SECONDS_DEFAULT, 1, SECONDS_MAX),
    jsonFile: given.get("--json"),
    pairs: whole("--pairs", quick ? 1 : PAIRS_DEFAULT, 1, PAIRS_MAX),
    only: (given.get("--only") ?? "").split(",").filter((name) => name !== ""),
  };
  if (problems.length > 0) throw new BenchError(problems.join("\n"), 2);
  return options;
}
