/**
 * The JSON form of facts: printed by `probe --json` on one machine, read with `--target FILE` on another. What is read
 * is untrusted: it is copied key by key, every value is checked, and all that is wrong is reported at once.
 */
import { AppError, type Problem } from "../lib/errors.ts";
import { formatBytes, MiB } from "../lib/units.ts";
import { type FactCheck, factChecks, factKeys, factOrigins } from "./check-fact.ts";
import {
  FACTS_SCHEMA,
  type Fact,
  type FactKey,
  type FactsDocument,
  type FactValues,
  type HardwareFacts,
} from "./hardware-facts.ts";

/** A document is about 3 KB. */
const TEXT_LENGTH_MAX = MiB(1);
const LABEL_LENGTH_MAX = 80;
const SOURCE_LENGTH_MAX = 300;
/** Problems printed; a wrong file has hundreds, and the first ones tell. */
const PROBLEMS_MAX = 30;
/** Labels and sources are printed into comments and terminals: one line, no control characters. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const NEXT = "Run `create-fastserve probe --json` on the target and use its output unchanged.";

type UnknownRecord = Readonly<Record<string, unknown>>;

/** `label` names the target in words ("this", a preset's id); never a host name. */
export function factsDocument(label: string, facts: HardwareFacts): FactsDocument {
  return { schema: FACTS_SCHEMA, label, facts };
}

/** The document in `text`. Throws AppError FACTS_UNREADABLE with one problem per wrong key; `path` is for its messages. */
export function parseFactsDocument(text: string, path: string): FactsDocument {
  const problems: Problem[] = [];
  const report: Report = (key, message, next = NEXT) => {
    if (problems.length < PROBLEMS_MAX)
      problems.push({ code: "FACTS_UNREADABLE", key, message: `${path}: ${message}`, next });
  };
  const document = readDocument(text, path, report);
  if (problems.length > 0 || !document) throw new AppError(problems);
  return document;
}

/** Notes one problem: the key, what is wrong with its value, and the next step if it is not the usual one. */
type Report = (key: string, message: string, next?: string) => void;

function readDocument(text: string, path: string, report: Report): FactsDocument | undefined {
  const root = readRoot(text, path, report);
  if (!root) return undefined;
  reportUnknownKeys(root, ["schema", "label", "facts"], "", report);
  const label = readLine(root.label, "label", LABEL_LENGTH_MAX, report);
  if (!isRecord(root.facts)) {
    report("facts", `"facts" is ${shown(root.facts)}; expected an object with one entry per fact.`);
    return undefined;
  }
  const facts = readFacts(root.facts, report);
  return label !== undefined && facts ? factsDocument(label, facts) : undefined;
}

function readRoot(text: string, path: string, report: Report): UnknownRecord | undefined {
  if (text.length > TEXT_LENGTH_MAX) {
    report(path, `the file is larger than ${formatBytes(TEXT_LENGTH_MAX)}; a facts file has about 3 KiB.`);
    return undefined;
  }
  let root: unknown;
  try {
    // A byte order mark is what PowerShell's redirection puts before the text.
    root = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    report(
      path,
      `the file is not JSON: ${error instanceof Error ? error.message.replace(/\s+/g, " ") : "unreadable"}.`,
    );
    return undefined;
  }
  if (!isRecord(root)) {
    report(path, `the file holds ${shown(root)}; expected an object with "schema", "label" and "facts".`);
    return undefined;
  }
  return schemaIsKnown(root.schema, report) ? root : undefined;
}

/** A newer schema may mean something else by the same key, so none of it is read. */
function schemaIsKnown(schema: unknown, report: Report): boolean {
  if (schema === FACTS_SCHEMA) return true;
  if (typeof schema === "number" && Number.isInteger(schema) && schema > FACTS_SCHEMA) {
    const message = `"schema" is ${schema}; this version reads ${FACTS_SCHEMA} at most.`;
    report("schema", message, "Update create-fastserve, or probe the target with this version.");
  } else {
    report("schema", `"schema" is ${shown(schema)}; expected ${FACTS_SCHEMA}.`);
  }
  return false;
}

function readFacts(record: UnknownRecord, report: Report): HardwareFacts | undefined {
  reportUnknownKeys(record, factKeys, "facts.", report);
  const facts: Partial<Record<FactKey, Fact<unknown>>> = {};
  for (const key of factKeys) {
    const fact = readFact(record, key, factChecks[key], report);
    if (fact) facts[key] = fact;
  }
  if (!isComplete(facts)) return undefined;
  reportContradictions(facts, report);
  return facts;
}

function readFact(
  record: UnknownRecord,
  key: FactKey,
  check: FactCheck<FactValues[FactKey]>,
  report: Report,
): Fact<unknown> | undefined {
  const name = `facts.${key}`;
  const entry = Object.hasOwn(record, key) ? record[key] : undefined;
  if (!isRecord(entry)) {
    report(name, `"${name}" is ${shown(entry)}; expected { "value", "origin", "source" }.`);
    return undefined;
  }
  reportUnknownKeys(entry, ["value", "origin", "source"], `${name}.`, report);
  const { value } = entry;
  const origin = factOrigins.find((known) => known === entry.origin);
  const source = readLine(entry.source, `${name}.source`, SOURCE_LENGTH_MAX, report);
  const isValid = check.accepts(value);
  if (!isValid) report(`${name}.value`, `"${name}.value" is ${shown(value)}; expected ${check.expected}.`);
  if (!origin) {
    report(`${name}.origin`, `"${name}.origin" is ${shown(entry.origin)}; expected one of ${factOrigins.join(", ")}.`);
  }
  return isValid && origin && source !== undefined ? { value, origin, source } : undefined;
}

/** Every value passed its row's check, so a full set is the facts. */
function isComplete(facts: Partial<Record<FactKey, Fact<unknown>>>): facts is HardwareFacts {
  return factKeys.every((key) => facts[key] !== undefined);
}

/** Pairs that exclude each other; the smaller one is what a process may use of the larger. */
function reportContradictions(facts: HardwareFacts, report: Report): void {
  const pairs = [
    ["cpus", "cpusHost"],
    ["memoryBytes", "memoryHostBytes"],
    ["nofile", "nofileHard"],
  ] as const;
  for (const [part, whole] of pairs) {
    if (facts[part].value <= facts[whole].value) continue;
    const message = `"facts.${part}.value" is ${facts[part].value}, above "facts.${whole}.value" ${facts[whole].value}.`;
    report(`facts.${part}.value`, message, `Lower ${part} or raise ${whole}.`);
  }
}

function reportUnknownKeys(record: UnknownRecord, known: readonly string[], prefix: string, report: Report): void {
  for (const key of Object.keys(record)) {
    if (known.includes(key)) continue;
    const name = `${prefix}${shownText(key)}`;
    report(name, `"${name}" is not known here; expected ${known.join(", ")}.`, "Remove or correct the key.");
  }
}

/** Whether a target can be called so, in comments and on terminals. */
export function isLabel(value: unknown): value is string {
  return isLine(value, LABEL_LENGTH_MAX);
}

function isLine(value: unknown, lengthMax: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= lengthMax && !CONTROL.test(value);
}

function readLine(value: unknown, name: string, lengthMax: number, report: Report): string | undefined {
  if (isLine(value, lengthMax)) return value;
  report(name, `"${name}" is ${shown(value)}; expected one line of 1 to ${lengthMax} characters.`);
  return undefined;
}

function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value for a message: short, on one line, without control characters. */
function shown(value: unknown): string {
  return value === undefined ? "missing" : shownText(JSON.stringify(value));
}

function shownText(text: string): string {
  const clean = text.replace(new RegExp(CONTROL, "gu"), "?");
  return clean.length > 60 ? `${clean.slice(0, 57)}...` : clean;
}
