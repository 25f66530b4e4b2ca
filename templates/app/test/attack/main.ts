/**
 * `npm run test:attack`: every case of the catalogue against this project's server, on its runtime.
 *
 * Ends with 1 when anything differs from what is expected or stated in deviations.ts.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { runtime } from "../../src/wiring.ts";
import { allCases } from "./catalogue.ts";
import { configurationOf, type ProxyName, startProxy, withoutProxy } from "./proxy-process.ts";
import { attackJson, attackTable, passageJson, passageSummary, summary } from "./report.ts";
import { runCatalogue } from "./run-catalogue.ts";
import { runThroughProxy } from "./through-proxy.ts";

const HELP = `Sends malformed, ambiguous and hostile requests to this project's server over raw sockets.

  --table          print the result as Markdown
  --json           print every case's outcome as JSON
  --case ID        only the cases whose id begins like that; may be repeated
  --through NAME   through nginx or haproxy, and compare what it passed on with what handlers saw
  --config FILE    its configuration; this project's own in deploy/ otherwise
  --help           this text

Slow clients take minutes and are tests of their own: FASTSERVE_SLOW_TESTS=1, and then test/attack/slow.test.ts alone.
`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Options {
  readonly beginnings: readonly string[];
  readonly print: "text" | "table" | "json";
  readonly through: ProxyName | undefined;
  readonly config: string | undefined;
}

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const options = readOptions(args);
  if (typeof options === "string") return complain(options);
  const { beginnings, print, through } = options;
  const cases = allCases.filter(({ id }) => beginnings.length === 0 || beginnings.some((text) => id.startsWith(text)));
  if (cases.length === 0) return complain(`No case begins with ${beginnings.join(" or ")}.`);
  if (through) return passThrough(through, options, cases);
  const findings = await runCatalogue(cases);
  const printers = { text: summary, table: attackTable, json: attackJson };
  process.stdout.write(printers[print](findings, runtime.adapter));
  return findings.some(({ problem }) => problem !== undefined) ? EXIT_FAILED : 0;
}

async function passThrough(name: ProxyName, options: Options, cases: typeof allCases): Promise<number> {
  const missing = withoutProxy(name);
  if (missing) return complain(`${missing}; install it to run the catalogue through it.`);
  const file = options.config ?? configurationOf(name);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return complain(`${file} cannot be read; name the proxy's configuration with --config.`);
  }
  const passages = await runThroughProxy((port) => startProxy(name, text, port), cases);
  process.stdout.write((options.print === "json" ? passageJson : passageSummary)(passages, runtime.adapter, name));
  return passages.some(({ problem }) => problem !== undefined) ? EXIT_FAILED : 0;
}

/** @returns the options, or what is wrong with them */
function readOptions(args: readonly string[]): Options | string {
  const beginnings: string[] = [];
  let [print, through, config]: [Options["print"], Options["through"], Options["config"]] = [
    "text",
    undefined,
    undefined,
  ];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--table" || word === "--json") {
      print = word === "--table" ? "table" : "json";
      continue;
    }
    if (!["--case", "--through", "--config"].includes(word)) return `${word} is not an option; --help lists them.`;
    at += 1;
    const value = args[at];
    if (value === undefined) return `${word} needs a value; --help says which.`;
    if (word === "--case") beginnings.push(value);
    else if (word === "--config") config = value;
    else if (value === "nginx" || value === "haproxy") through = value;
    else return `--through ${value}: only nginx and haproxy are known.`;
  }
  return { beginnings, print, through, config };
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return EXIT_USAGE;
}
