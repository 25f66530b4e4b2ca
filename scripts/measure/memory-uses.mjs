/**
 * What each use of arenas and pools in the emitted server is worth, on against off, per adapter: server CPU per request.
 *
 * `node scripts/measure/memory-uses.mjs` runs `bench/alloc.ts --uses` of the templates on each adapter and writes
 * docs/measurements/memory-uses.{json,md}; six pairs take about eight minutes, nine about twelve. `--adapter NAME`
 * (repeatable), `--only USE,USE` and `--quick` narrow it; with one of these, or with --dry, nothing is written, but
 * --merge puts the narrowed run's rows into the file, which must be of the same machine. `--pairs N` changes how often each use is measured.
 *
 * The planning rules read the JSON, so its form is a contract:
 *   { uses: { [use]: { [adapter]: { onUs, offUs, ratio, low, high, confidence, pairs, onRssBytes, offRssBytes,
 *     verdict } } },
 *     missing: { [use]: { [adapter]: sentence } } }
 * `use` is the setting without "memory." (or "request_arena", which has none); `verdict` is "wins", "loses" or
 * "no difference shown". `ratio` is the median of on/off over the pairs, `low` to `high` the sign test's interval, which
 * covers the true median with `confidence` (95 % at least from six pairs on). A use is on by default where it wins.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { outputFolder } from "./output-folder.mjs";
import { printMemoryUses } from "./print-memory-uses.mjs";

const { values } = parseArgs({
  options: {
    adapter: { type: "string", multiple: true },
    pairs: { type: "string" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    dry: { type: "boolean", default: false },
    merge: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("../..", import.meta.url));
const app = join(root, "templates/app");
const deno = [join(root, "node_modules/deno/deno"), "run", "--allow-all", "--config"];
const commands = {
  bun: [join(root, "node_modules/bun/bin/bun.exe")],
  "deno-serve": [...deno, "deno.json"],
  "deno-http": [...deno, "deno.http.json"],
};
const adapters = values.adapter ?? Object.keys(commands);
const unknown = adapters.filter((name) => !Object.hasOwn(commands, name));
if (unknown.length > 0) {
  console.error(`--adapter ${unknown.join(", ")}: the adapters are ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}

const flags = [
  ...(values.quick ? ["--quick"] : []),
  ...(values.pairs ? ["--pairs", values.pairs] : []),
  ...(values.only ? ["--only", values.only] : []),
];
const folder = mkdtempSync(join(tmpdir(), "memory-uses-"));
const result = { schema_version: 1, date: new Date().toISOString().slice(0, 10), host: {}, servers: {}, times: {} };
Object.assign(result, values.merge ? earlier() : { uses: {}, missing: {} });
try {
  for (const adapter of adapters) add(adapter, bench(adapter));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const text = printMemoryUses(result);
console.log(text);
const isNarrowed = values.dry || values.quick || values.only || values.adapter;
// A folder for trying the script out takes everything.
if (values.merge || !isNarrowed || process.env.MEASURE_OUTPUT) {
  writeFileSync(`${outputFolder()}/memory-uses.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  writeFileSync(`${outputFolder()}/memory-uses.md`, text);
}

/** Rows of the last run, whose machine this one must be. */
function earlier() {
  return JSON.parse(readFileSync(`${root}docs/measurements/memory-uses.json`, "utf8"));
}

function bench(adapter) {
  const [program, ...args] = commands[adapter];
  const file = join(folder, `${adapter}.json`);
  const command = [...args, "bench/alloc.ts", "--uses", ...flags, "--json", file];
  const { status, signal } = spawnSync(program, command, { cwd: app, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`the bench on ${adapter} ended with ${signal ?? status}`);
  return JSON.parse(readFileSync(file, "utf8"));
}

function add(adapter, { server, host, times, pinned, uses, missing }) {
  if (result.host.cpu_model !== undefined && result.host.cpu_model !== host.cpu_model) {
    throw new Error(`the file is of ${result.host.cpu_model}, this machine is ${host.cpu_model}: measure everything`);
  }
  result.host = host;
  result.times = times;
  result.servers[adapter] = { version: server.version, pinned };
  for (const [use, figures] of Object.entries(uses)) {
    result.uses[use] ??= {};
    result.uses[use][adapter] = figures;
  }
  for (const [use, reason] of Object.entries(missing)) {
    result.missing[use] ??= {};
    result.missing[use][adapter] = reason;
  }
}
