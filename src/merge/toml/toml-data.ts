/** What a TOML tree says, as the data that versions are compared by. */
import type { AST } from "toml-eslint-parser";
import { assert } from "../../lib/assert.ts";
import { DEPTH_MAX, isTable, type KeyData, type KeyPath } from "../keys/key-data.ts";
import { Unparsable } from "../unparsable.ts";

type Growing = Map<string, KeyData>;

export function tomlData(program: AST.TOMLProgram): ReadonlyMap<string, KeyData> {
  const root: Growing = new Map();
  for (const node of program.body[0].body) {
    if (node.type === "TOMLKeyValue") putPair(root, node);
    else for (const pair of [...openTable(root, node)]) putPair(pair.table, pair.node);
  }
  return root;
}

function* openTable(
  root: Growing,
  node: AST.TOMLTable,
): Generator<{ readonly table: Growing; readonly node: AST.TOMLKeyValue }> {
  let table = root;
  for (const [position, step] of node.resolvedKey.entries()) {
    if (typeof step === "string" && typeof node.resolvedKey[position + 1] !== "number") table = tableIn(table, step);
    else if (typeof step === "string") table = itemIn(table, step, Number(node.resolvedKey[position + 1]));
  }
  for (const pair of node.body) yield { table, node: pair };
}

function tableIn(table: Growing, key: string): Growing {
  const found = table.get(key);
  if (found !== undefined) {
    assert(isTable(found), `${key} is no table, which the parser has checked`);
    return found as Growing;
  }
  const made: Growing = new Map();
  table.set(key, made);
  return made;
}

/** The parser checks that a list of tables is nothing else. */
function itemIn(table: Growing, key: string, index: number): Growing {
  const list = (table.get(key) ?? []) as KeyData[];
  table.set(key, list);
  const item = (list[index] ?? new Map()) as Growing;
  list[index] = item;
  return item;
}

function putPair(table: Growing, pair: AST.TOMLKeyValue, depth = 0): void {
  const names = keyNames(pair.key);
  const parent = names.slice(0, -1).reduce(tableIn, table);
  parent.set(names.at(-1) ?? "", valueData(pair.value, depth));
}

function valueData(node: AST.TOMLContentNode, depth: number): KeyData {
  if (depth > DEPTH_MAX) throw new Unparsable(node.loc.start.line, `it is nested more than ${DEPTH_MAX} deep`);
  if (node.type === "TOMLArray") return node.elements.map((element) => valueData(element, depth + 1));
  if (node.type === "TOMLInlineTable") {
    const table: Growing = new Map();
    for (const pair of node.body) putPair(table, pair, depth + 1);
    return table;
  }
  switch (node.kind) {
    case "integer":
      return Number.isSafeInteger(node.value) ? node.value : node.bigint;
    case "string":
    case "float":
    case "boolean":
      return node.value;
    default:
      return `date:${node.datetime}`;
  }
}

export function keyNames(key: AST.TOMLKey): readonly string[] {
  return key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
}

/** The node of a value below `value`, which stands at `at`; undefined: it is not written as one value there. */
export function nodeBelow(value: AST.TOMLContentNode, rest: KeyPath): AST.TOMLContentNode | undefined {
  const [step, ...further] = rest;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const element = value.type === "TOMLArray" ? value.elements[step] : undefined;
    return element && nodeBelow(element, further);
  }
  if (value.type !== "TOMLInlineTable") return undefined;
  for (const pair of value.body) {
    const names = keyNames(pair.key);
    if (names.every((name, index) => name === rest[index])) return nodeBelow(pair.value, rest.slice(names.length));
  }
  return undefined;
}
