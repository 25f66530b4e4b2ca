/** The bench's command line: one table feeds the reader and the help; all mistakes are reported at once. */
import { BenchError } from "./bench-error.ts";
import { type Flags, helpRows, readFlags } from "./flags.ts";

export interface BenchOptions {
  readonly connections: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly path: string;
  /** File that the figures are written to as JSON; undefined: none. */
  readonly jsonFile: string | undefined;
  readonly runs: number;
  readonly generator: "built-in" | "wrk";
}

/** What the configuration admits; from `limits.connections_max` and `limits.in_flight_max`. */
export interface ServerLimits {
  readonly connectionsMax: number;
  readonly inFlightMax: number;
}

/** Enough to keep one core busy on loopback; more adds waiting, not work. */
const CONNECTIONS_DEFAULT = 64;
/** Long enough for 1 % steps of CPU time (ticks of 10 ms) many times over, short enough to wait for. */
const SECONDS_DEFAULT = 10;
/** Assumed: both engines have compiled the hot path after some 100,000 requests, which is below this. */
const WARMUP_SECONDS_DEFAULT = 3;
const SECONDS_MAX = 3600;
const RUNS_MAX = 100;

const flags: Flags = {
  "--connections": {
    value: "N",
    text: `open connections; ${CONNECTIONS_DEFAULT}, or what the configuration admits if less`,
  },
  "--seconds": { value: "N", text: `measured time of each run; ${SECONDS_DEFAULT}` },
  "--warmup-seconds": { value: "N", text: `time before it that is not measured; ${WARMUP_SECONDS_DEFAULT}` },
  "--path": { value: "PATH", text: "path of the GET requests; /" },
  "--runs": { value: "N", text: "runs, each with a fresh server; the median of each figure is reported; 1" },
  "--with": { value: "wrk", text: "load with wrk instead of the built-in generator" },
  "--json": { value: "FILE", text: "write the figures as JSON" },
};

export function helpText(): string {
  return `Loads this project's server and reports what a request costs.\n\n${helpRows(flags)}`;
}

/** @returns "help", or the options; throws a BenchError that names every mistake. */
export function parseOptions(args: readonly string[], limits: ServerLimits): BenchOptions | "help" {
  const problems: string[] = [];
  const given = readFlags(flags, args, problems);
  if (given === "help") return "help";

  const whole = (flag: string, standard: number, min: number, max: number, why = ""): number => {
    const text = given.get(flag);
    if (text === undefined) return standard;
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    problems.push(`${flag} ${text}: give a whole number from ${min} to ${max}${why}.`);
    return standard;
  };

  const { connectionsMax, inFlightMax } = limits;
  const connections = Math.min(CONNECTIONS_DEFAULT, connectionsMax, inFlightMax);
  const options: BenchOptions = {
    connections: whole("--connections", connections, 1, connectionsMax, " (limits.connections_max)"),
    seconds: whole("--seconds", SECONDS_DEFAULT, 1, SECONDS_MAX),
    warmupSeconds: whole("--warmup-seconds", WARMUP_SECONDS_DEFAULT, 0, SECONDS_MAX),
    path: pathOf(given.get("--path"), problems),
    jsonFile: given.get("--json"),
    runs: whole("--runs", 1, 1, RUNS_MAX),
    generator: generatorOf(given.get("--with"), problems),
  };
  if (problems.length > 0) throw new BenchError(problems.join("\n"), 2);
  return options;
}

function pathOf(text: string | undefined, problems: string[]): string {
  if (text === undefined) return "/";
  // It goes into the request line as it is, so it must not end that line or split it.
  if (/^\/[!-~]*$/.test(text)) return text;
  problems.push(`--path ${JSON.stringify(text)}: give a path such as /users/42, percent-encoded, without spaces.`);
  return "/";
}

function generatorOf(text: string | undefined, problems: string[]): BenchOptions["generator"] {
  if (text === undefined || text === "built-in") return "built-in";
  if (text === "wrk") return "wrk";
  problems.push(`--with ${text}: only wrk is known; leave the option out for the built-in generator.`);
  return "built-in";
}
