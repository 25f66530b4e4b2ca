/** The bench's command line: one table feeds the reader and the help; all mistakes are reported at once. */

import { nearest } from "../../src/config/nearest.ts";
import type { ServerConfig } from "../../src/config/schema.ts";
import { peerNames } from "../peers/peer-table.ts";
import { type BenchName, benchNames } from "../report/document.ts";
import { BenchError } from "./bench-error.ts";
import { type CompareChoice, compareChoice, compareLevels } from "./compare-choice.ts";
import { type Flag, type Flags, helpRows, readFlags } from "./flags.ts";

export interface BenchOptions {
  /** In the order in which they run; empty: what suits the project. */
  readonly names: readonly BenchName[];
  readonly sizes: ServerConfig["bench"];
  readonly path: string;
  readonly generator: (typeof generators)[number];
  /** Files for the report; both undefined: a pair of files in `bench-reports`. */
  readonly jsonFile: string | undefined;
  readonly htmlFile: string | undefined;
  /** A report to compare with; "last": the newest in `bench-reports` that is whole and not of `--quick`. */
  readonly against: string | undefined;
  /** An archive of the container image, whose size is a target. */
  readonly imageFile: string | undefined;
  readonly quick: boolean;
  readonly list: boolean;
  readonly compare: CompareChoice;
}

const generators = ["built-in", "wrk", "oha", "h2load"] as const;

type SizeName = keyof ServerConfig["bench"];

/** One short run: whether all works, and roughly how it looks. */
export const QUICK_SIZES = { runs: 1, seconds: 1, warmup_seconds: 0.5 } as const satisfies Partial<
  ServerConfig["bench"]
>;

interface SizeFlag {
  readonly value: string;
  readonly text: string;
  readonly min: number;
  /** The most, and the setting that says so ("": the bench itself does). */
  max(config: ServerConfig): readonly [most: number, setting: string];
  /** Whether 0.5 is a value; else whole numbers only. */
  readonly fractions?: boolean;
}

const connectionsMax = ({ limits }: ServerConfig) => [limits.connections_max, "limits.connections_max"] as const;
/** An hour for one case is a soak, which is a command of its own. */
const secondsMax = () => [3600, ""] as const;
const millionMax = () => [1_000_000, ""] as const;

const sizeFlags = {
  runs: { value: "N", text: "runs of each case, each on a fresh server", min: 1, max: () => [100, ""] },
  seconds: { value: "S", text: "measured time of each run", min: 0.1, max: secondsMax, fractions: true },
  warmup_seconds: { value: "S", text: "time before it that is not measured", min: 0, max: secondsMax, fractions: true },
  connections: { value: "N", text: "connections that keep the server busy", min: 1, max: connectionsMax },
  pipeline: { value: "N", text: "requests in one go, in the cases that pipeline", min: 1, max: () => [64, ""] },
  idle_connections: { value: "N", text: "connections that are opened and left idle", min: 1, max: connectionsMax },
  socket_clients: { value: "N", text: "WebSocket clients", min: 1, max: connectionsMax },
  upload_bytes: {
    value: "N",
    text: "size of an uploaded body",
    min: 1,
    max: ({ limits }) => [limits.body_bytes_max, "limits.body_bytes_max"],
  },
  sessions: { value: "N", text: "sessions of the sessions workload", min: 1, max: millionMax },
  cached_requests: { value: "N", text: "cached answers of the sessions workload", min: 1, max: millionMax },
} as const satisfies Readonly<Record<SizeName, SizeFlag>>;

const otherFlags = {
  "--path": { value: "PATH", text: "your own route to load; /" },
  "--with": { value: "TOOL", text: "load with wrk, oha or h2load where they can, not with the built-in generator" },
  "--quick": { value: "", text: "one short run of each case: a look whether all works; it proves nothing" },
  "--json": { value: "FILE", text: "the report as JSON; bench-reports/TIME.json unless --json or --html is given" },
  "--html": { value: "FILE", text: "the report as a page; bench-reports/TIME.html likewise" },
  "--against": {
    value: "REPORT",
    text: 'compare with a report (JSON) of this machine, or with "last"; exit 3: slower',
  },
  "--image": { value: "FILE", text: "archive of the container image (OCI or docker), for its size" },
  "--peers": { value: "A,B", text: `what compare compares with; all of ${peerNames.join(",")} that there are` },
  "--levels": { value: "A,B", text: `what they all do in compare; ${compareLevels.join(",")}` },
  "--list": { value: "", text: "what there is to measure, what suits this project, and what cannot run here" },
} as const satisfies Flags;

export function helpText(config: ServerConfig): string {
  return `Loads this project's server and reports what it can do and what a request costs.

  npm run bench -- [NAME ...] [options]

  NAME: ${benchNames.join(", ")}; without a name all that suit this project.

${helpRows(flagsFor(config))}`;
}

/** @returns "help", or the options; throws a BenchError that names every mistake. */
export function parseOptions(args: readonly string[], config: ServerConfig): BenchOptions | "help" {
  const problems: string[] = [];
  const words: string[] = [];
  const given = readFlags(flagsFor(config), args, problems, words);
  if (given === "help") return "help";
  const quick = given.has("--quick");
  const options: BenchOptions = {
    names: namesOf(words, problems),
    sizes: sizesOf(given, config, quick, problems),
    path: pathOf(given.get("--path"), problems),
    generator: generatorOf(given.get("--with"), config, problems),
    jsonFile: given.get("--json"),
    htmlFile: given.get("--html"),
    against: given.get("--against"),
    imageFile: given.get("--image"),
    quick,
    list: given.has("--list"),
    compare: compareChoice(given.get("--peers"), given.get("--levels"), problems),
  };
  if (problems.length > 0) throw new BenchError(problems.join("\n"), 2);
  return options;
}

/** The help shows what the plan gives. */
function flagsFor({ bench }: ServerConfig): Flags {
  const sizes = sizeNames.map((name): readonly [string, Flag] => {
    const { value, text } = sizeFlags[name];
    return [flagOf(name), { value, text: `${text}; ${bench[name]}` }];
  });
  return { ...Object.fromEntries(sizes), ...otherFlags };
}

const sizeNames = Object.keys(sizeFlags) as readonly SizeName[];

/** "--warmup-seconds" for "warmup_seconds". */
function flagOf(name: SizeName): string {
  return `--${name.replaceAll("_", "-")}`;
}

function namesOf(words: readonly string[], problems: string[]): readonly BenchName[] {
  const names: BenchName[] = [];
  for (const word of words) {
    const name = benchNames.find((each) => each === word);
    if (name === undefined) {
      const near = nearest(word, benchNames);
      problems.push(
        `${word} is not a bench; ${near ? `did you mean ${near}?` : `there are ${benchNames.join(", ")}.`}`,
      );
    } else if (!names.includes(name)) names.push(name);
  }
  return names;
}

function sizesOf(
  given: ReadonlyMap<string, string>,
  config: ServerConfig,
  quick: boolean,
  problems: string[],
): ServerConfig["bench"] {
  const sizes = { ...config.bench, ...(quick ? QUICK_SIZES : {}) };
  for (const name of sizeNames) {
    const text = given.get(flagOf(name));
    if (text === undefined) continue;
    const { min, fractions = false }: SizeFlag = sizeFlags[name];
    const [max, setting] = sizeFlags[name].max(config);
    const number = (fractions ? /^\d{1,9}(\.\d{1,3})?$/ : /^\d{1,9}$/).test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) sizes[name] = number;
    else {
      const why = setting === "" ? "" : ` (${setting})`;
      problems.push(`${flagOf(name)} ${text}: give a ${fractions ? "" : "whole "}number from ${min} to ${max}${why}.`);
    }
  }
  return sizes;
}

function pathOf(text: string | undefined, problems: string[]): string {
  if (text === undefined) return "/";
  // It goes into the request line as it is, so it must not end that line or split it.
  if (/^\/[!-~]*$/.test(text)) return text;
  problems.push(`--path ${JSON.stringify(text)}: give a path such as /users/42, percent-encoded, without spaces.`);
  return "/";
}

function generatorOf(
  text: string | undefined,
  { limits }: ServerConfig,
  problems: string[],
): BenchOptions["generator"] {
  const generator = generators.find((each) => each === (text ?? "built-in"));
  const most = limits.requests_per_connection_max ?? 0;
  if (generator === "h2load" && most > 0) {
    problems.push(
      `--with h2load: it opens no connection again that the server closes, which here is after ${most} requests (limits.requests_per_connection_max); use wrk, or leave the option out.`,
    );
  }
  if (generator !== undefined) return generator;
  problems.push(`--with ${text}: ${generators.join(", ")} are known; leave the option out for the built-in generator.`);
  return "built-in";
}
