/**
 * Regenerates docs/measurements: runs the measuring scripts one after the other, never two at once, because two would
 * measure each other.
 *
 *   npm run measure                            all of them
 *   npm run measure -- allocators threads      only these
 *   npm run measure -- --list                  what there is, and how long it takes
 *   npm run measure -- --smoke [NAME ...]      the shortest settings, into a temporary folder: to see that they work
 *
 * A script that fails does not stop the others; the last lines say which did, and the exit code is 1 then.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { outputFolder } from "./output-folder.mjs";
import { findTool, root } from "./programs.mjs";
import { sections } from "./sections.mjs";

/** A core that others keep busy for a fifth of the time already moves figures by more than their spread. */
const LOAD_MAX = 0.2;

const { values, positionals } = readArgs();
const names = positionals.length > 0 ? positionals : Object.keys(sections);
const unknown = names.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  console.error(`There is no measurement ${unknown.join(", ")}; there are ${Object.keys(sections).join(", ")}.`);
  process.exit(2);
}
if (values.list) list();
else process.exitCode = run();

function readArgs() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { list: { type: "boolean", default: false }, smoke: { type: "boolean", default: false } },
    });
  } catch (error) {
    console.error(`${error.message}\nnpm run measure -- [--list] [--smoke] [NAME ...]; --list says which there are.`);
    process.exit(2);
  }
}

function list() {
  for (const name of names) {
    const { what, minutes, files, needs, citedBy } = sections[name];
    console.log(`${name.padEnd(18)} ${String(minutes).padStart(2)} min  ${what}`);
    console.log(`${"".padEnd(26)}writes ${files.map((file) => `docs/measurements/${file}.{json,md}`).join(", ")}`);
    if (needs.length > 0) console.log(`${"".padEnd(26)}needs ${needs.join(", ")}`);
    if (citedBy !== "") console.log(`${"".padEnd(26)}cited by ${citedBy}`);
  }
  console.log(`${"all".padEnd(18)} ${String(minutesOf(names)).padStart(2)} min`);
}

function run() {
  const folder = values.smoke
    ? (process.env.MEASURE_OUTPUT ?? mkdtempSync(join(tmpdir(), "measure-smoke-")))
    : undefined;
  const [load] = loadavg();
  if (load > LOAD_MAX && !values.smoke) {
    console.error(`warning: the load average is ${load.toFixed(2)}; figures of a busy machine are worth little.`);
  }
  if (!values.smoke) console.error(`${names.join(", ")}: about ${minutesOf(names)} minutes.`);
  const results = names.map((name) => ({ name, ...runOne(name, folder) }));
  for (const { name, seconds, problem } of results) {
    console.error(`${name.padEnd(18)} ${String(seconds).padStart(5)} s  ${problem ?? "ok"}`);
  }
  if (folder) console.error(`Smoke runs are no figures; what they wrote is in ${folder}.`);
  return results.every(({ problem }) => problem === undefined) ? 0 : 1;
}

/** @returns {{ seconds: number, problem: string | undefined }} */
function runOne(name, folder) {
  const { command, smoke, files, smokeFiles = files, needs } = sections[name];
  console.error(`== ${name}`);
  // Libraries are looked for by the script itself.
  const absent = needs.filter((tool) => /^\w+$/.test(tool) && findTool(tool) === undefined);
  if (absent.length > 0)
    console.error(`-- ${absent.join(", ")} is not installed; the script says what that leaves out.`);
  const startedMs = Date.now();
  const [program, ...args] = [...command, ...(folder ? smoke : [])];
  const output = folder ? { MEASURE_OUTPUT: folder, MEASURE_SMOKE: "1" } : {};
  const { status, signal } = spawnSync(program, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...output },
  });
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  if (status !== 0) return { seconds, problem: `failed: it ended with ${signal ?? status}` };
  const stale = (folder ? smokeFiles : files).filter(
    (file) => !isWritten(join(folder ?? outputFolder(), file), startedMs),
  );
  return { seconds, problem: stale.length > 0 ? `failed: it did not write ${stale.join(", ")}` : undefined };
}

/** The table for people must be new, and the data beside it, where there is some, readable. */
function isWritten(path, sinceMs) {
  if (!existsSync(`${path}.md`) || statSync(`${path}.md`).mtimeMs < sinceMs) return false;
  return !existsSync(`${path}.json`) || typeof JSON.parse(readFileSync(`${path}.json`, "utf8")) === "object";
}

function minutesOf(chosen) {
  return chosen.reduce((total, name) => total + sections[name].minutes, 0);
}
