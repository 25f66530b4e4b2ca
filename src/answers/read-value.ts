/** Raw text or JSON -> an answer's value, by the question's shape. The only place that judges a value. */
import { clamp, formatBytes, parseBytes } from "../lib/units.ts";
import { nearest } from "./nearest.ts";
import type { Choice, Shape } from "./questions.ts";

export type AnswerValue = string | number | readonly string[];

export type ReadResult =
  | { readonly ok: true; readonly value: AnswerValue }
  /** `nearest` is a valid value as it is typed after a flag. */
  | { readonly ok: false; readonly reason: string; readonly nearest: string | undefined };

/** text: typed after a flag, in a variable or at a prompt; json: a typed value from a config file. */
export type Form = "text" | "json";

/**
 * Reads one raw value. A config file has types of its own, so there "3000" is no number and "a,b" no list.
 * `usual` is what stands when nothing is given: a list may name it and say only what differs.
 */
export function readValue(shape: Shape, raw: unknown, form: Form, usual?: unknown): ReadResult {
  switch (shape.kind) {
    case "choice":
      return readChoice(shape.choices, raw);
    case "list":
      return readList(shape.choices, raw, form, Array.isArray(usual) ? usual : []);
    case "number":
      return readNumber(shape, raw, form);
    case "size":
      return readSize(shape, raw);
    case "text":
      return readText(shape, raw);
  }
}

function readChoice(choices: readonly Choice[], raw: unknown): ReadResult {
  const names = choices.map((choice) => choice.value);
  if (typeof raw === "string" && names.includes(raw)) return { ok: true, value: raw };
  return refuse(`is not one of ${names.join(", ")}`, nearest(String(raw), names));
}

/** Stands in a list for what it would be if it were not given. */
export const USUAL = "default";

/** Stands in a list for everything that there is. */
export const EVERYTHING = "all";

/**
 * "a,b", ["a", "b"], "all" or "none"; "default,c" and "default,-b" add to the usual set and take from it, and "all,-b"
 * takes from the whole. The value is in the table's order, so equal sets are equal values.
 */
function readList(choices: readonly Choice[], raw: unknown, form: Form, usual: readonly unknown[]): ReadResult {
  const names = choices.map((choice) => choice.value);
  if (raw === EVERYTHING) return { ok: true, value: names };
  if (raw === "none") return { ok: true, value: [] };
  if (!Array.isArray(raw) && form === "json") return refuse('is no list, "all" or "none"', undefined);
  const parts: readonly unknown[] = Array.isArray(raw) ? raw : splitList(String(raw));
  const bases = [USUAL, EVERYTHING].filter((base) => parts.includes(base));
  const known: readonly unknown[] = bases.length > 0 ? [...names, ...bases, ...names.map((name) => `-${name}`)] : names;
  const wrong = parts.filter((part) => !known.includes(part));
  if (wrong.length === 0) {
    const chosen = new Set([
      ...(bases.includes(USUAL) ? usual : []),
      ...(bases.includes(EVERYTHING) ? names : []),
      ...parts,
    ]);
    return { ok: true, value: names.filter((name) => chosen.has(name) && !parts.includes(`-${name}`)) };
  }
  if (bases.length === 0 && wrong.every((part) => names.some((name) => part === `-${name}`))) {
    return refuse(
      `takes ${wrong.join(", ")} from nothing: "default" or "all" must stand before`,
      [USUAL, ...parts].join(),
    );
  }
  const right = parts.map((part) => (wrong.includes(part) ? nearest(String(part), names) : part));
  return refuse(
    `contains ${wrong.map((part) => JSON.stringify(part)).join(", ")}, which is not one of ${names.join(", ")}`,
    [...new Set(right)].join(","),
  );
}

function splitList(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function readNumber(shape: Extract<Shape, { kind: "number" }>, raw: unknown, form: Form): ReadResult {
  const value = form === "text" && typeof raw === "string" && /^[+-]?\d+(\.\d+)?$/.test(raw.trim()) ? Number(raw) : raw;
  const kind = shape.integer ? "a whole number" : "a number";
  const range = `${kind} from ${shape.min} to ${shape.max}`;
  if (typeof value !== "number" || !Number.isFinite(value)) return refuse(`is not ${range}`, undefined);
  const valid = clamp(shape.integer ? Math.round(value) : value, shape.min, shape.max);
  return valid === value ? { ok: true, value } : refuse(`is not ${range}`, String(valid));
}

function readSize(shape: Extract<Shape, { kind: "size" }>, raw: unknown): ReadResult {
  const bytes = typeof raw === "number" ? Math.round(raw) : typeof raw === "string" ? parseBytes(raw) : undefined;
  if (bytes === undefined || !Number.isFinite(bytes)) return refuse("is no size such as 512m, 2g or 1.5GiB", undefined);
  const valid = clamp(bytes, shape.min, shape.max);
  if (valid === bytes) return { ok: true, value: bytes };
  return refuse(`is not from ${formatBytes(shape.min)} to ${formatBytes(shape.max)}`, sizeText(valid));
}

/** Bytes as a flag takes them, without loss: 536870912 -> "512m". */
export function sizeText(bytes: number): string {
  const units = ["", "k", "m", "g", "t"];
  let step = 0;
  let value = bytes;
  while (value !== 0 && value % 1024 === 0 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${value}${units[step]}`;
}

function readText(shape: Extract<Shape, { kind: "text" }>, raw: unknown): ReadResult {
  if (typeof raw !== "string") return refuse("is not text", undefined);
  const fault = shape.fault(raw);
  return fault === undefined ? { ok: true, value: raw } : refuse(fault, undefined);
}

function refuse(reason: string, near: string | undefined): ReadResult {
  return { ok: false, reason, nearest: near };
}
