/** Prints keys and values of TOML where no version has their text in the form that is needed. */
import { isList, isTable, type KeyData } from "../keys/key-data.ts";

/** `a.b."c d"`: names joined by dots, quoted where they must be. */
export function tomlKey(names: readonly string[]): string {
  return names.map((name) => (/^[\w-]+$/.test(name) ? name : tomlString(name))).join(".");
}

/** On one line, tables inline. */
export function tomlInline(data: KeyData): string {
  if (isTable(data)) {
    const pairs = [...data].map(([key, value]) => `${tomlKey([key])} = ${tomlInline(value)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  if (isList(data)) return `[${data.map(tomlInline).join(", ")}]`;
  if (typeof data === "string") return data.startsWith("date:") ? data.slice("date:".length) : tomlString(data);
  if (typeof data !== "number") return String(data);
  if (Number.isFinite(data)) return Object.is(data, -0) ? "-0.0" : String(data);
  return Number.isNaN(data) ? "nan" : data > 0 ? "inf" : "-inf";
}

function tomlString(text: string): string {
  // JSON's escapes are a subset of TOML's; only DEL is allowed raw in JSON and forbidden in TOML.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007F");
}
