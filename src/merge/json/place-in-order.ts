/**
 * Where a new key goes: behind the one that it follows in the generated text. Dependencies, which package managers keep
 * sorted, stay sorted.
 */
import type { KeyEdit } from "../keys/key-merge.ts";
import { type JsonDocument, nodeAt, type ObjectNode } from "./json-document.ts";

/** @returns how many of the object's members stand before it */
export function placeInOrder(
  node: ObjectNode,
  { path, from, at }: Extract<KeyEdit, { kind: "add" | "insert" }>,
  next: JsonDocument,
): number {
  const key = String(path.at(-1));
  const keys = node.parts.map((member) => member.key);
  const model = nodeAt(next.root, from.slice(0, -1));
  const modelKeys = model?.kind === "object" ? model.parts.map((member) => member.key) : [];
  if (/dependencies$/i.test(String(path.at(-2))) && isSorted(keys)) {
    const after = keys.findIndex((sibling) => sibling > key);
    return after < 0 ? keys.length : after;
  }
  // Where nothing generated is left to go by, what the user has added stays behind it, as people add at the end.
  if (!keys.some((sibling) => modelKeys.includes(sibling))) return 0;
  // `at` counts different keys; of one that stands twice the last is in force.
  const before = [...new Set(keys)][at - 1];
  return before === undefined ? 0 : keys.lastIndexOf(before) + 1;
}

function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, index) => index === 0 || (keys[index - 1] ?? "") < key);
}
