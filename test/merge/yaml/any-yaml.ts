/** Any data as YAML, each map and list in block or flow form, with comments and indentation that differ. */
import { type Data, type DataTable, isList, isTable, styled } from "../any-data.ts";

/** @param numbers choose among the ways of writing the same */
export function printYaml(table: DataTable, numbers: readonly number[]): string {
  const style = styled(numbers);
  const step = style() % 2 === 0 ? 2 : 4;
  const lines: string[] = [];
  printMap(table, "", lines, { style, step });
  return lines.map((line) => `${line}\n`).join("");
}

interface Form {
  readonly style: () => number;
  readonly step: number;
}

function printMap(table: DataTable, indent: string, lines: string[], form: Form): void {
  for (const [key, value] of Object.entries(table)) {
    if (form.style() % 4 === 0) lines.push("");
    if (form.style() % 3 === 0) lines.push(`${indent}# about ${key}`);
    printPart(`${indent}${key}:`, value, indent, lines, form);
  }
}

/** @param head all that stands before the value on its line */
function printPart(head: string, value: Data, indent: string, lines: string[], form: Form): void {
  const tail = form.style() % 5 === 0 ? " # tail" : "";
  const isEmpty = (isList(value) && value.length === 0) || (isTable(value) && Object.keys(value).length === 0);
  if (isEmpty || typeof value !== "object" || form.style() % 4 === 0) {
    printScalar(head, value, indent, tail, lines, form);
  } else if (isList(value)) {
    lines.push(`${head}${tail}`);
    // A list may stand at its key's indentation.
    const inside = form.style() % 2 === 0 ? indent : `${indent}${" ".repeat(form.step)}`;
    for (const item of value) printItem(item, inside, lines, form);
  } else if (isTable(value)) {
    lines.push(`${head}${tail}`);
    printMap(value, `${indent}${" ".repeat(form.step)}`, lines, form);
  }
}

function printItem(item: Data, indent: string, lines: string[], form: Form): void {
  if (form.style() % 4 === 0) lines.push(`${indent}# item`);
  const isPlain = typeof item !== "object" || form.style() % 4 === 0;
  const parts: string[] = [];
  if (isPlain || (isList(item) && item.length === 0) || (isTable(item) && Object.keys(item).length === 0)) {
    printScalar(`${indent}-`, item, indent, "", lines, form);
    return;
  }
  const inside = `${indent}  `;
  if (isTable(item)) printMap(item, inside, parts, form);
  else if (isList(item)) for (const each of item) printItem(each, inside, parts, form);
  // The first part stands on the dash's line when no comment is in front of it.
  const [first = ""] = parts;
  if (first === "" || /^\s*#/.test(first) || form.style() % 3 === 0) lines.push(`${indent}-`, ...parts);
  else lines.push(`${indent}- ${first.trimStart()}`, ...parts.slice(1));
}

function printScalar(head: string, value: Data, indent: string, tail: string, lines: string[], form: Form): void {
  if (typeof value === "string" && value.includes("\n") && form.style() % 2 === 0) {
    const inside = `${indent}${" ".repeat(form.step)}`;
    const text = value.endsWith("\n") ? value.slice(0, -1) : value;
    lines.push(`${head} |${value.endsWith("\n") ? "" : "-"}`);
    lines.push(...text.split("\n").map((line) => (line === "" ? "" : `${inside}${line}`)));
  } else lines.push(`${head} ${flow(value, form)}${tail}`);
}

function flow(value: Data, form: Form): string {
  if (isList(value)) return `[${value.map((item) => flow(item, form)).join(", ")}]`;
  if (!isTable(value))
    return typeof value === "string" && form.style() % 2 === 0 && value === "x" ? value : JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner, form)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
