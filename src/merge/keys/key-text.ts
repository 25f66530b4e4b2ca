/** Keys and values of a structured file for people, on one line each. */
import { isList, isTable, type KeyData, type KeyPath } from "./key-data.ts";

/** Longer values are cut: what a value is can be read in the file. */
const TEXT_MAX = 80;

/** "memory.limit_bytes", "jobs.test.steps[2].run", 'scripts."my.script"'. Indices count from 0. */
export function keyText(path: KeyPath): string {
  const parts = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[^\s."[\]]+$/.test(step) ? `.${step}` : `.${JSON.stringify(step)}`;
  });
  return parts.join("").replace(/^\./, "");
}

/** `"text"`, `42`, `["a", "b"]`, `{ port: 80 }`; "absent" where there is none. */
export function valueText(data: KeyData | undefined): string {
  const text = data === undefined ? "absent" : printed(data);
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 3)}...`;
}

function printed(data: KeyData): string {
  if (isTable(data)) {
    const pairs = [...data].map(([key, value]) => `${keyText([key])}: ${printed(value)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  if (isList(data)) return `[${data.map(printed).join(", ")}]`;
  return typeof data === "string" ? printedString(data) : String(data);
}

function printedString(text: string): string {
  return text.startsWith("date:") ? text.slice("date:".length) : JSON.stringify(text);
}
