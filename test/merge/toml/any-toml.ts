/** Any data as TOML, each table and list written in one of the ways that TOML has. */
import { type Data, type DataTable, isList, isTable, styled } from "../any-data.ts";

/** @param numbers choose among the ways of writing the same */
export function printToml(table: DataTable, numbers: readonly number[]): string {
  const lines: string[] = [];
  printTable([], table, lines, styled(numbers));
  return lines.map((line) => `${line}\n`).join("");
}

/** Pairs first: behind a header they would belong to another table. */
function printTable(path: readonly string[], table: DataTable, lines: string[], style: () => number): void {
  const later: (() => void)[] = [];
  for (const [key, value] of Object.entries(table)) {
    const at = [...path, key];
    if (isTable(value) && Object.keys(value).length > 0 && style() % 3 === 0) {
      later.push(() => {
        lines.push(...blank(style), `# About ${at.map((name) => name[0]).join(" ")}`, `[${keyText(at)}]`);
        printTable(at, value, lines, style);
      });
    } else if (isTableList(value) && style() % 2 === 0) {
      later.push(() => {
        for (const item of value) {
          lines.push(`[[${keyText(at)}]]`);
          printTable(at, item, lines, style);
        }
      });
    } else printPair([key], value, lines, style);
  }
  for (const print of later) print();
}

function printPair(names: readonly string[], value: Data, lines: string[], style: () => number): void {
  if (isTable(value) && Object.keys(value).length > 0 && style() % 2 === 0) {
    for (const [key, inner] of Object.entries(value)) printPair([...names, key], inner, lines, style);
    return;
  }
  if (style() % 2 === 0) lines.push(`# why ${names.length} ${JSON.stringify(value).length}`);
  lines.push(`${keyText(names)} = ${inline(value, style)}`);
}

function inline(value: Data, style: () => number): string {
  if (isList(value)) {
    const items = value.map((item) => inline(item, style));
    if (items.length === 0 || style() % 2 === 0) return `[${items.join(", ")}]`;
    return `[\n${items.map((item) => `  ${item},${style() % 3 === 0 ? " # c, d" : ""}\n`).join("")}]`;
  }
  if (isTable(value)) {
    const pairs = Object.entries(value).map(([key, inner]) => `${keyText([key])} = ${inline(inner, style)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  return typeof value === "string" && style() % 2 === 0 && !/['\n]/.test(value) ? `'${value}'` : JSON.stringify(value);
}

function blank(style: () => number): string[] {
  return style() % 2 === 0 ? [""] : [];
}

function keyText(names: readonly string[]): string {
  return names.map((name) => (/^\w+$/.test(name) ? name : JSON.stringify(name))).join(".");
}

function isTableList(value: Data): value is readonly DataTable[] {
  return isList(value) && value.length > 0 && value.every(isTable);
}
