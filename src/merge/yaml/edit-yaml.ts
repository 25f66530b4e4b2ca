/**
 * Carries out the edits of a key merge on a YAML text. What is new is taken as the next version writes it, with its
 * comments, at the user's indentation; what goes, goes with its lines; everything else keeps its bytes.
 */
import { isMap, isNode, isSeq, type Node } from "yaml";
import { applyEdits } from "../keys/apply-edits.ts";
import { dataAt, type KeyData, type KeyPath, sameData } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { samePath, startsWith } from "../keys/text-block.ts";
import { editYamlValue } from "./edit-yaml-value.ts";
import { printYaml, type YamlWork } from "./print-yaml.ts";
import { untouchedEdits } from "./untouched-edits.ts";
import { isBlockCollection, keyOf } from "./yaml-data.ts";
import type { YamlBlock, YamlOutline } from "./yaml-outline.ts";
import { flowText, shifted, shiftedBehindFirst } from "./yaml-text.ts";

export function editYaml(
  local: YamlOutline,
  next: YamlOutline,
  edits: readonly KeyEdit[],
  generated: (block: YamlBlock) => YamlBlock | undefined,
): string {
  const work: YamlWork = { local, generated, removed: new Set(), bodies: new Map(), inserted: new Map() };
  const owned = new Map<YamlBlock, KeyEdit[]>();
  for (const edit of withEmptied(local, untouchedEdits(local, next, edits, generated))) {
    const owner = local.blocks.find((block) => owns(block, edit));
    if (owner === undefined) editBlocks(work, next, edit);
    else owned.set(owner, [...(owned.get(owner) ?? []), edit]);
  }
  for (const [block, inside] of owned) editValue(work, next, block, inside);
  return printYaml(work);
}

/** A collection that loses all of its parts is written as an empty one: without parts its key would stand for null. */
function withEmptied(local: YamlOutline, edits: readonly KeyEdit[]): readonly KeyEdit[] {
  return local.blocks.reduce((left: readonly KeyEdit[], { node, path }) => {
    if (!isBlockCollection(node)) return left;
    const gone = left.filter((edit) => edit.kind === "remove" && samePath(edit.path.slice(0, -1), path));
    const gets = left.some((edit) => edit.kind !== "remove" && isPartOf(edit, path));
    if (gets || gone.length < node.items.length) return left;
    const value: KeyData = isSeq(node) ? [] : new Map();
    const rest = left.filter((edit) => !startsWith(edit.path, path));
    return [...rest, { kind: "set", path, value, from: NOWHERE }];
  }, edits);
}

/** The next version has nothing here: its root is a map. */
const NOWHERE: KeyPath = [-1];

function isPartOf(edit: KeyEdit, path: KeyPath): boolean {
  return samePath(edit.kind === "insert" ? edit.path : edit.path.slice(0, -1), path);
}

/** Whether the edit is one of the block's own value: all of it, or a part of a value in flow form. */
function owns({ node, path }: YamlBlock, edit: KeyEdit): boolean {
  if (!startsWith(edit.path, path)) return false;
  if (edit.path.length === path.length)
    return edit.kind === "set" || (edit.kind === "insert" && !isBlockCollection(node));
  return !isBlockCollection(node);
}

function editValue(work: YamlWork, next: YamlOutline, block: YamlBlock, edits: readonly KeyEdit[]): void {
  const { local, generated } = work;
  const { path, node, key } = block;
  const whole = edits.find((edit) => edit.kind === "set" && samePath(edit.path, path));
  if (whole?.kind === "set") {
    setValue(work, next, block, whole.from, whole.value);
    return;
  }
  const before = generated(block);
  const after = before && next.blocks.find((each) => each.kind === block.kind && samePath(each.path, path));
  const isEmpty = (isMap(node) || isSeq(node)) && node.items.length === 0;
  if (
    after &&
    (before.value === block.value || isEmpty) &&
    sameData(resultOf(local, path, edits), dataAt(next.data, path))
  ) {
    setValue(work, next, block, path, null);
    return;
  }
  if (node === null) return;
  const written = (value: KeyData, from: KeyPath) => flowTextOf(next, from) ?? flowText(value);
  work.bodies.set(block, { body: `${key}${editYamlValue(node, path, { text: local.text, edits, written })}` });
}

/** What the value says after the edits inside it. */
function resultOf({ data }: YamlOutline, path: KeyPath, edits: readonly KeyEdit[]): KeyData | undefined {
  const inside = edits.map((edit) => ({ ...edit, path: ["value", ...edit.path.slice(path.length)] }));
  return applyEdits(new Map([["value", dataAt(data, path) ?? null]]), inside).get("value");
}

/** Replaces the value, in whatever form, by the next version's. */
function setValue(
  { local, removed, bodies }: YamlWork,
  next: YamlOutline,
  block: YamlBlock,
  from: KeyPath,
  value: KeyData,
): void {
  for (const each of local.blocks) if (each !== block && startsWith(each.path, block.path)) removed.add(each);
  const bare = block.key.trimEnd();
  const index = next.blocks.findIndex((each) => samePath(each.path, from));
  const source = next.blocks[index];
  if (source === undefined) {
    const text = flowTextOf(next, from) ?? flowText(value);
    bodies.set(block, { body: `${bare} ${text}`, tail: endOf(block.tail) });
    return;
  }
  const move = block.column - source.column;
  const below = next.blocks.slice(index + 1).filter(({ path }) => startsWith(path, from));
  const rest = below.map(({ lead, indent, body, tail }) => `${lead}${indent}${body}${tail}`).join("");
  const sourceKey = source.key.trimEnd();
  const behind = `${source.key.slice(sourceKey.length)}${source.value}`;
  const plain =
    below.length === 0 && !block.value.endsWith("\n") && !behind.endsWith("\n") && !isBlockCollection(block.node);
  // A value for a value keeps the user's comment behind it.
  if (plain) {
    const text = block.value === "" ? `${bare}${behind}` : `${block.key}${source.value}`;
    bodies.set(block, { body: shiftedBehindFirst(text, move), tail: endOf(block.tail) });
  } else bodies.set(block, { body: `${bare}${shiftedBehindFirst(`${behind}${source.tail}${rest}`, move)}`, tail: "" });
}

function endOf(tail: string): string {
  return tail.endsWith("\n") ? tail : `${tail}\n`;
}

/** The text of a value of the next version where it can stand in flow form; undefined: it cannot, or it has none. */
function flowTextOf(next: YamlOutline, from: KeyPath): string | undefined {
  const block = next.blocks.findLast(({ path }) => startsWith(from, path));
  const node = block?.node && nodeBelow(block.node, from.slice(block.path.length));
  if (!node?.range || isBlockCollection(node)) return undefined;
  const text = next.text.slice(node.range[0], node.range[1]);
  if (text === "" || text.includes("\n")) return undefined;
  return isMap(node) || isSeq(node) || /^(?:"[^"]*"|'[^']*'|[\w./-]+)$/.test(text) ? text : undefined;
}

function nodeBelow(node: Node, rest: KeyPath): Node | undefined {
  const [step, ...further] = rest;
  if (step === undefined) return node;
  let inside: unknown;
  if (isSeq(node)) inside = node.items[Number(step)];
  else if (isMap(node)) inside = node.items.find((pair) => keyOf(pair) === step)?.value;
  return isNode(inside) ? nodeBelow(inside, further) : undefined;
}

function editBlocks(work: YamlWork, next: YamlOutline, edit: KeyEdit): void {
  const { local, removed } = work;
  if (edit.kind === "remove") {
    for (const block of local.blocks) if (startsWith(block.path, edit.path)) removed.add(block);
    return;
  }
  const parent = edit.kind === "insert" ? edit.path : edit.path.slice(0, -1);
  const siblings = local.blocks.filter(({ path }) => path.length === parent.length + 1 && startsWith(path, parent));
  const at = edit.kind === "set" ? 0 : edit.at;
  const sibling = siblings[at - 1] ?? siblings[at];
  const column = sibling?.column ?? 0;
  const index = indexFor(local, siblings, at);
  const { lead, text } = newText(next, edit, column);
  const there = work.inserted.get(index) ?? [];
  work.inserted.set(index, [...there, { depth: parent.length, lead, text, column }]);
}

/** Behind all of the sibling before it, else before the first sibling, else at the end. */
function indexFor({ blocks }: YamlOutline, siblings: readonly YamlBlock[], at: number): number {
  const before = siblings[at - 1];
  if (before === undefined) return siblings[at] ? blocks.indexOf(siblings[at]) : blocks.length;
  return blocks.findLastIndex(({ path }) => startsWith(path, before.path)) + 1;
}

interface NewText {
  readonly lead: string;
  /** Without the first line's indentation. */
  readonly text: string;
}

function newText(next: YamlOutline, edit: Exclude<KeyEdit, { kind: "remove" }>, column: number): NewText {
  const blocks = next.blocks.filter(({ path }) => startsWith(path, edit.from));
  const [first, ...rest] = blocks;
  if (first === undefined || !samePath(first.path, edit.from)) {
    const value = flowTextOf(next, edit.from) ?? flowText(edit.value);
    const key = edit.kind === "insert" ? "-" : `${flowText(String(edit.path.at(-1)))}:`;
    return { lead: "", text: `${key} ${value}\n` };
  }
  const move = column - first.column;
  const below = rest.map(({ lead, indent, body, tail }) => `${lead}${indent}${body}${tail}`).join("");
  return {
    lead: shifted(first.lead, move),
    text: shiftedBehindFirst(`${first.body}${first.tail}${below}`, move),
  };
}
