/** A report from a file. Every complaint names the file, the place in it and what to do; exit 2, as for a wrong flag. */
import { readFileSync } from "node:fs";
import { BenchError } from "../cli/bench-error.ts";
import { type BenchReport, SCHEMA_VERSION } from "./document.ts";
import { reportSchema } from "./report-schema.ts";

const AGAIN = "Write a new one with npm run bench -- --json FILE.";

/** Complaints past these say nothing new. */
const PROBLEMS_MAX = 5;

export function readReport(file: string): BenchReport {
  const value = parseFile(file);
  const version = versionOf(value);
  if (version === undefined)
    throw new BenchError(`${file} is not a report of this bench: it has no kind "fastserve-bench". ${AGAIN}`, 2);
  if (version !== SCHEMA_VERSION) {
    throw new BenchError(
      `${file} has schema_version ${version}, and this bench reads ${SCHEMA_VERSION}: their figures differ in meaning. ${AGAIN}`,
      2,
    );
  }
  const result = reportSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) => `  ${pathText(path)}: ${message}`);
  throw new BenchError(`${file} is not a whole report:\n${problems.join("\n")}\n${AGAIN}`, 2);
}

function parseFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new BenchError(`${file} cannot be read: ${messageOf(error)}. Name a report that --json wrote.`, 2);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BenchError(`${file} is not JSON: ${messageOf(error)}. ${AGAIN}`, 2);
  }
}

/** Undefined: not a report of this kind at all. */
function versionOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (!("kind" in value) || value.kind !== "fastserve-bench") return undefined;
  return "schema_version" in value ? value.schema_version : "none";
}

/** benches[0].cases[2].title */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text === "" ? "the whole" : text.replace(/^\./, "");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
