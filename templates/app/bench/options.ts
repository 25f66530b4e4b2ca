/** The bench's command line: one table feeds the reader and the help; all mistakes are reported at once. */
import { nearest } from "../src/config/nearest.ts";
import { BenchError } from "./bench-error.ts";

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

interface Flag {
  readonly value: string;
  readonly text: string;
}

const flags: Readonly<Record<string, Flag>> = {
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
  const rows = Object.entries(flags).map(([flag, { value, text }]) => [`${flag} ${value}`, text] as const);
  const lines = [...rows, ["--help", "this text"] as const].map(([left, text]) => `  ${left.padEnd(21)}${text}\n`);
  return `Loads this project's server and reports what a request costs.\n\n${lines.join("")}`;
}

/** @returns "help", or the options; throws a BenchError that names every mistake. */
export function parseOptions(args: readonly string[], limits: ServerLimits): BenchOptions | "help" {
  const problems: string[] = [];
  const given = readFlags(args, problems);
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

function readFlags(args: readonly string[], problems: string[]): ReadonlyMap<string, string> | "help" {
  const given = new Map<string, string>();
  // Some package managers pass the "--" on that separates a script's arguments from their own.
  const words = args[0] === "--" ? args.slice(1) : args;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--help" || word === "-h") return "help";
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const flag = equals === -1 ? word : word.slice(0, equals);
    if (!Object.hasOwn(flags, flag)) {
      const near = flag.startsWith("-") ? nearest(flag, Object.keys(flags)) : undefined;
      problems.push(`${flag} is not an option; ${near ? `did you mean ${near}?` : "--help lists them."}`);
      // Its value is no option of its own.
      if (equals === -1 && near && !(words[at + 1] ?? "--").startsWith("--")) at += 1;
      continue;
    }
    const value = equals === -1 ? words[at + 1] : word.slice(equals + 1);
    if (equals === -1 && value !== undefined && !value.startsWith("--")) at += 1;
    if (value === undefined || value === "" || (equals === -1 && value.startsWith("--"))) {
      problems.push(`${flag} needs a value: ${flag} ${flags[flag]?.value}.`);
    } else {
      given.set(flag, value);
    }
  }
  return given;
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
