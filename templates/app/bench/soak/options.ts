/** The soak's command line: one table feeds the reader and the help; all mistakes are reported at once. */
import { BenchError } from "../cli/bench-error.ts";
import { type Flags, helpRows, readFlags } from "../cli/flags.ts";

export interface SoakOptions {
  /** undefined: a number of requests ends it. */
  readonly minutes: number | undefined;
  readonly requestsMax: number;
  readonly clients: number;
  readonly seed: number;
  /** Between two reloads; 0: none. */
  readonly reloadSeconds: number;
  /** Between two replacements of all workers; 0: none. */
  readonly rollSeconds: number;
  /** GET paths of the project's own server; none: the bench's routes are soaked. */
  readonly paths: readonly string[];
  /** Growth of memory that is let pass, as a share of its level. */
  readonly letPassShare: number;
  readonly jsonFile: string | undefined;
}

const MINUTES_DEFAULT = 10;
/** Two weeks. */
const MINUTES_MAX = 20_160;
const REQUESTS_MAX = 1e12;
/** Some of them are always slow or idle, so that more are needed than keep a server busy. */
const CLIENTS_DEFAULT = 24;
const CLIENTS_MAX = 1000;
const SEED_MAX = 2 ** 32 - 1;
const RELOAD_SECONDS_DEFAULT = 15;
const ROLL_SECONDS_DEFAULT = 10;
const SECONDS_MAX = 86_400;

const flags: Flags = {
  "--minutes": {
    value: "N",
    text: `how long, a fraction too; ${MINUTES_DEFAULT}. A verdict on slow leaks takes hours`,
  },
  "--requests": { value: "N", text: "end after so many requests instead, however they ended" },
  "--clients": { value: "N", text: `clients at once; ${CLIENTS_DEFAULT}` },
  "--seed": { value: "N", text: "repeat the choices of the run that printed it" },
  "--reload-seconds": { value: "N", text: `between two reloads (SIGHUP); ${RELOAD_SECONDS_DEFAULT}, 0: none` },
  "--roll-seconds": {
    value: "N",
    text: `between two replacements of all workers at most; ${ROLL_SECONDS_DEFAULT}, 0: none`,
  },
  "--paths": { value: "A,B", text: "GET these paths of your own server; else the bench's routes are soaked" },
  "--let-pass": { value: "PERCENT", text: "growth of memory over the run that does not fail it; 2" },
  "--json": { value: "FILE", text: "write the figures as JSON" },
};

export function soakHelp(): string {
  return [
    "Runs the server under mixed traffic (bodies, aborts, churn, slow and malformed clients, WebSockets, reloads,",
    "replaced workers) and fails when memory, heap, descriptors, threads or lag grow beyond noise.",
    "",
    helpRows(flags),
  ].join("\n");
}

/** @param freshSeed used when none is given; @returns "help", or the options; throws a BenchError that names every mistake. */
export function parseSoakOptions(args: readonly string[], freshSeed: number): SoakOptions | "help" {
  const problems: string[] = [];
  const given = readFlags(flags, args, problems);
  if (given === "help") return "help";

  const number = (flag: string, standard: number, least: number, most: number, pattern = /^\d{1,13}$/): number => {
    const text = given.get(flag);
    if (text === undefined) return standard;
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const kind = pattern === FRACTION ? "a number" : "a whole number";
    problems.push(`${flag} ${text}: give ${kind} from ${least} to ${most}.`);
    return standard;
  };

  const counts = given.has("--requests");
  if (counts && given.has("--minutes"))
    problems.push("--minutes and --requests: give one of them; either ends the soak.");
  const options: SoakOptions = {
    minutes: counts ? undefined : number("--minutes", MINUTES_DEFAULT, MINUTES_MIN, MINUTES_MAX, FRACTION),
    requestsMax: counts ? number("--requests", 1, 1, REQUESTS_MAX) : Number.POSITIVE_INFINITY,
    clients: number("--clients", CLIENTS_DEFAULT, 1, CLIENTS_MAX),
    seed: number("--seed", freshSeed, 0, SEED_MAX),
    reloadSeconds: number("--reload-seconds", RELOAD_SECONDS_DEFAULT, 0, SECONDS_MAX, FRACTION),
    rollSeconds: number("--roll-seconds", ROLL_SECONDS_DEFAULT, 0, SECONDS_MAX, FRACTION),
    paths: pathsOf(given.get("--paths"), problems),
    letPassShare: number("--let-pass", 2, 2, 1000, FRACTION) / 100,
    jsonFile: given.get("--json"),
  };
  if (problems.length > 0) throw new BenchError(problems.join("\n"), 2);
  return options;
}

const FRACTION = /^\d{1,6}(?:\.\d{1,4})?$/;
const MINUTES_MIN = 0.02;

function pathsOf(text: string | undefined, problems: string[]): readonly string[] {
  if (text === undefined) return [];
  const paths = text.split(",");
  // They go into the request line as they are, so they must not end that line or split it.
  for (const path of paths.filter((each) => !/^\/[!-~]*$/.test(each))) {
    problems.push(`--paths ${JSON.stringify(path)}: give paths such as /,/users/42, percent-encoded, without spaces.`);
  }
  return paths;
}
