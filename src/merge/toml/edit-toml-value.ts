/** Carries out edits inside one value of a TOML text: an array or an inline table. */
import type { AST } from "toml-eslint-parser";
import { assert } from "../../lib/assert.ts";
import { type BracketText, editBracket } from "../keys/bracket-items.ts";
import type { KeyData, KeyPath } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { samePath, startsWith } from "../keys/text-block.ts";
import { keyNames } from "./toml-data.ts";
import { tomlKey } from "./toml-text.ts";

export interface ValueEdit {
  readonly text: string;
  readonly edits: readonly KeyEdit[];
  /** The text of a value of the next version. */
  readonly written: (value: KeyData, from: KeyPath) => string;
}

/** @returns the new text of `node`, which stands at `path` and whose ranges are in `text` */
export function editTomlValue(node: AST.TOMLContentNode, path: KeyPath, edit: ValueEdit): string {
  const old = edit.text.slice(...node.range);
  const whole = edit.edits.find((each) => each.kind === "set" && samePath(each.path, path));
  if (whole?.kind === "set") return edit.written(whole.value, whole.from);
  if (!edit.edits.some((each) => startsWith(each.path, path))) return old;
  assert(node.type !== "TOMLValue", "an edit reaches into a scalar");
  const bracket: BracketText = {
    text: edit.text,
    inside: [node.range[0] + 1, node.range[1] - 1],
    items: (node.type === "TOMLArray" ? node.elements : node.body).map(({ range }) => range),
  };
  const inside =
    node.type === "TOMLArray" ? editArray(node, path, bracket, edit) : editTable(node, path, bracket, edit);
  return `${old.slice(0, 1)}${inside}${old.slice(-1)}`;
}

function editArray(node: AST.TOMLArray, path: KeyPath, bracket: BracketText, edit: ValueEdit): string {
  const removed = new Set<number>();
  const changed = new Map<number, string>();
  for (const [index, element] of node.elements.entries()) {
    const at = [...path, index];
    if (isRemoved(at, edit)) removed.add(index);
    else changed.set(index, editTomlValue(element, at, edit));
  }
  const inserted = new Map<number, string[]>();
  for (const each of edit.edits) {
    if (each.kind !== "insert" || !samePath(each.path, path)) continue;
    inserted.set(each.at, [...(inserted.get(each.at) ?? []), edit.written(each.value, each.from)]);
  }
  return editBracket(bracket, { removed, changed, inserted });
}

function editTable(node: AST.TOMLInlineTable, path: KeyPath, bracket: BracketText, edit: ValueEdit): string {
  const removed = new Set<number>();
  const changed = new Map<number, string>();
  const pairs = node.body.map((pair) => ({ pair, at: [...path, ...keyNames(pair.key)] }));
  for (const [index, { pair, at }] of pairs.entries()) {
    const key = edit.text.slice(pair.range[0], pair.value.range[0]);
    if (isRemoved(at, edit)) removed.add(index);
    else changed.set(index, `${key}${editTomlValue(pair.value, at, edit)}`);
  }
  const inserted = new Map<number, string[]>();
  for (const each of edit.edits) {
    if (!isAddHere(each, path, pairs)) continue;
    const names = each.path.slice(path.length).map(String);
    const position = positionOf(each, pairs);
    inserted.set(position, [
      ...(inserted.get(position) ?? []),
      `${tomlKey(names)} = ${edit.written(each.value, each.from)}`,
    ]);
  }
  return editBracket(bracket, { removed, changed, inserted });
}

/** A key goes, or the dotted key's table of which it is a part. */
function isRemoved(at: KeyPath, { edits }: ValueEdit): boolean {
  return edits.some((each) => each.kind === "remove" && startsWith(at, each.path));
}

type Pairs = readonly { readonly pair: AST.TOMLKeyValue; readonly at: KeyPath }[];
type Add = Extract<KeyEdit, { kind: "add" }>;

/** Not below one of the pairs, whose value takes it. */
function isAddHere(each: KeyEdit, path: KeyPath, pairs: Pairs): each is Add {
  if (each.kind !== "add" || !startsWith(each.path, path)) return false;
  return !pairs.some(({ at }) => startsWith(each.path, at));
}

/** Behind the pairs of its own table that stand before it. */
function positionOf({ path, at }: Add, pairs: Pairs): number {
  const parent = path.slice(0, -1);
  const siblings: number[] = [];
  const seen = new Set<string | number | undefined>();
  for (const [index, pair] of pairs.entries()) {
    if (!startsWith(pair.at, parent)) continue;
    seen.add(pair.at[parent.length]);
    if (seen.size <= at) siblings.push(index);
  }
  const last = siblings.at(-1);
  return last === undefined ? (at === 0 ? 0 : pairs.length) : last + 1;
}
