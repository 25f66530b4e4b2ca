/** Texts of YAML moved to another indentation, or printed where no version has them in the form that is needed. */
import { isList, isTable, type KeyData } from "../keys/key-data.ts";

/** All lines but the first moved by `columns`; blank lines stay blank. */
export function shiftedBehindFirst(text: string, columns: number): string {
  const end = text.indexOf("\n") + 1;
  return end === 0 ? text : text.slice(0, end) + shifted(text.slice(end), columns);
}

/** All lines moved to the right by `columns`, or to the left as far as there are blanks. */
export function shifted(text: string, columns: number): string {
  if (columns >= 0) return text.replace(/^(?=[^\n])/gm, " ".repeat(columns));
  return text.replace(new RegExp(`^ {1,${-columns}}`, "gm"), "");
}

/** On one line, as JSON, which is YAML in flow form. */
export function flowText(data: KeyData): string {
  if (isTable(data)) {
    const pairs = [...data].map(([key, value]) => `${flowKey(key)}: ${flowText(value)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  if (isList(data)) return `[${data.map(flowText).join(", ")}]`;
  if (typeof data !== "string") return String(data);
  const written = /^(?:number:|alias:)(.*)$/s.exec(data);
  if (written) return data.startsWith("alias:") ? `*${written[1]}` : (written[1] ?? "");
  return isPlain(data) ? data : JSON.stringify(data);
}

export function flowKey(key: string): string {
  return isPlain(key) ? key : JSON.stringify(key);
}

/** Words that no reader takes for anything but a text. */
function isPlain(text: string): boolean {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
}
