/**
 * What a YAML tree says, as the data that versions are compared by. A number that prints in another way than it is
 * written (1.10, 0o17) is compared as it is written: a version 1.10 is not 1.1. An alias is compared by its name.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from "yaml";
import { DEPTH_MAX, type KeyData } from "../keys/key-data.ts";
import { Unparsable } from "../unparsable.ts";

/** @throws Unparsable for what no path of keys can name */
export function yamlData(node: unknown, depth = 0): KeyData {
  if (depth > DEPTH_MAX) throw new Unparsable(undefined, `it is nested more than ${DEPTH_MAX} deep`);
  if (node === null || node === undefined) return null;
  if (isMap(node)) return mapData(node, depth);
  if (isSeq(node)) return node.items.map((item) => yamlData(isPair(item) ? undefined : item, depth + 1));
  if (isAlias(node)) return `alias:${node.source}`;
  if (isScalar(node)) return scalarData(node);
  throw new Unparsable(undefined, "it holds a value that is neither a map, a list nor a scalar");
}

function mapData(map: YAMLMap, depth: number): KeyData {
  const table = new Map<string, KeyData>();
  for (const pair of map.items) {
    const key = keyOf(pair);
    if (table.has(key)) throw new Unparsable(undefined, `the key ${key} stands twice in one map`);
    table.set(key, yamlData(pair.value, depth + 1));
  }
  return table;
}

function scalarData(scalar: Scalar): KeyData {
  const { value, source = "", tag } = scalar;
  if (tag !== undefined && !tag.startsWith("tag:yaml.org,2002:")) return `${tag} ${source}`;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && String(value) === source) return value;
  return `number:${source}`;
}

/** @throws Unparsable for a key that is a collection or an alias */
export function keyOf({ key }: Pair): string {
  if (!isScalar(key)) throw new Unparsable(undefined, "it has a key that is no plain name");
  return typeof key.value === "string" ? key.value : (key.source ?? "");
}

/** Maps and lists with a line for each part. */
export function isBlockCollection(node: unknown): node is Node & { readonly items: readonly unknown[] } {
  return (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
}
