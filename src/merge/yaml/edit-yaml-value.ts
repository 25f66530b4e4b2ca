/** Carries out edits inside one value in flow form: `[a, b]`, `{ a: 1 }`. */
import { isMap, isNode, isSeq, type Node } from "yaml";
import { assert } from "../../lib/assert.ts";
import { type BracketEdits, type BracketText, editBracket } from "../keys/bracket-items.ts";
import type { KeyData, KeyPath } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { samePath, startsWith } from "../keys/text-block.ts";
import { keyOf } from "./yaml-data.ts";
import { flowKey } from "./yaml-text.ts";

export interface ValueEdit {
  /** In which the nodes' ranges are. */
  readonly text: string;
  readonly edits: readonly KeyEdit[];
  /** The text of a value of the next version in flow form. */
  readonly written: (value: KeyData, from: KeyPath) => string;
}

/** @returns the new text of `node`, which stands at `path` */
export function editYamlValue(node: Node, path: KeyPath, edit: ValueEdit): string {
  const range = node.range;
  assert(range, "a node of a text has a range");
  const old = edit.text.slice(range[0], range[1]);
  const whole = edit.edits.find((each) => each.kind === "set" && samePath(each.path, path));
  if (whole?.kind === "set") return edit.written(whole.value, whole.from);
  if (!edit.edits.some((each) => startsWith(each.path, path))) return old;
  assert(isSeq(node) || isMap(node), "an edit reaches into a scalar");
  const parts = isSeq(node) ? itemsOf(node.items, path) : pairsOf(node.items, path);
  const bracket: BracketText = {
    text: edit.text,
    inside: [range[0] + 1, range[1] - 1],
    items: parts.map(({ start, end }) => [start, end] as const),
  };
  return `${old.slice(0, 1)}${editBracket(bracket, editsOf(parts, path, edit))}${old.slice(-1)}`;
}

interface Part {
  readonly at: KeyPath;
  readonly start: number;
  readonly end: number;
  readonly node: Node | undefined;
}

function itemsOf(items: readonly unknown[], path: KeyPath): readonly Part[] {
  return items.map((item, index) => {
    const node = isNode(item) ? item : undefined;
    return { at: [...path, index], start: node?.range?.[0] ?? 0, end: node?.range?.[1] ?? 0, node };
  });
}

function pairsOf(items: readonly { readonly key: unknown; readonly value: unknown }[], path: KeyPath): readonly Part[] {
  return items.map((pair) => {
    const key = isNode(pair.key) ? pair.key.range : undefined;
    const node = isNode(pair.value) ? pair.value : undefined;
    const name = keyOf(pair as Parameters<typeof keyOf>[0]);
    return { at: [...path, name], start: key?.[0] ?? 0, end: node?.range?.[1] ?? key?.[1] ?? 0, node };
  });
}

function editsOf(parts: readonly Part[], path: KeyPath, edit: ValueEdit): BracketEdits {
  const removed = new Set<number>();
  const changed = new Map<number, string>();
  for (const [index, { at, start, node }] of parts.entries()) {
    if (edit.edits.some((each) => each.kind === "remove" && samePath(each.path, at))) removed.add(index);
    else if (node) changed.set(index, `${edit.text.slice(start, node.range?.[0])}${editYamlValue(node, at, edit)}`);
  }
  const inserted = new Map<number, string[]>();
  for (const each of edit.edits) {
    const text = newPart(each, path, edit);
    if (text !== undefined && "at" in each) inserted.set(each.at, [...(inserted.get(each.at) ?? []), text]);
  }
  return { removed, changed, inserted };
}

function newPart(each: KeyEdit, path: KeyPath, { written }: ValueEdit): string | undefined {
  if (each.kind === "insert" && samePath(each.path, path)) return written(each.value, each.from);
  if (each.kind !== "add" || !samePath(each.path.slice(0, -1), path)) return undefined;
  return `${flowKey(String(each.path.at(-1)))}: ${written(each.value, each.from)}`;
}
