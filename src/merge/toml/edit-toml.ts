/**
 * Carries out the edits of a key merge on a TOML text. What is new is taken as the next version writes it, with its
 * comments; what goes, goes with its line; everything else keeps its bytes.
 */
import { dataAt, isTable, type KeyData, type KeyPath } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { samePath, startsWith, textOf } from "../keys/text-block.ts";
import { editTomlValue } from "./edit-toml-value.ts";
import { nodeBelow } from "./toml-data.ts";
import { type Block, type Outline, valueText } from "./toml-outline.ts";
import { type PairPlace, placeAfter, placeForPair, placeForTable } from "./toml-places.ts";
import { tomlInline, tomlKey } from "./toml-text.ts";

/** @param generated the block of the base that a block of the user's version comes from */
export function editToml(
  local: Outline,
  next: Outline,
  edits: readonly KeyEdit[],
  generated: (block: Block) => Block | undefined,
): string {
  const work: Work = {
    local,
    next,
    generated,
    removed: new Set(),
    bodies: new Map(),
    pairs: new Map(),
    tables: new Map(),
  };
  const owned = new Map<Block, KeyEdit[]>();
  for (const edit of edits) {
    const owner = local.blocks.find((block) => owns(block, edit, next));
    if (owner === undefined) editBlocks(work, edit);
    else owned.set(owner, [...(owned.get(owner) ?? []), edit]);
  }
  for (const [block, inside] of owned) work.bodies.set(block, editedBody(work, block, inside));
  return printed(work);
}

interface Work {
  readonly local: Outline;
  readonly next: Outline;
  readonly generated: (block: Block) => Block | undefined;
  readonly removed: Set<Block>;
  readonly bodies: Map<Block, string>;
  /** New blocks by the count of the user's blocks before them; a table's pairs stand before the next header. */
  readonly pairs: Map<number, NewBlock[]>;
  readonly tables: Map<number, NewBlock[]>;
}

interface NewBlock {
  readonly path: KeyPath;
  readonly kind: Block["kind"];
  readonly text: string;
}

/** Whether the edit is one of the pair's value. A pair that becomes a table with a header of its own is not. */
function owns(block: Block, edit: KeyEdit, next: Outline): boolean {
  if (block.kind !== "pair" || !startsWith(edit.path, block.path)) return false;
  const isWhole = edit.path.length === block.path.length;
  if (!isWhole || edit.kind === "insert") return true;
  return edit.kind === "set" && !next.blocks.some(({ kind, path }) => kind === "header" && startsWith(path, edit.from));
}

function editedBody({ local, next, generated }: Work, block: Block, edits: readonly KeyEdit[]): string {
  const { body, pair, path } = block;
  if (pair === undefined) return body;
  const key = body.slice(0, pair.value.range[0] - pair.range[0]);
  const before = generated(block);
  const isUnedited = before !== undefined && valueText(before) === valueText(block);
  const whole = isUnedited ? writtenAt(next, path) : undefined;
  if (whole !== undefined) return `${key}${whole}`;
  const written = (value: KeyData, from: KeyPath) => writtenAt(next, from) ?? tomlInline(value);
  return `${key}${editTomlValue(pair.value, path, { text: local.text, edits, written })}`;
}

/** The text of a value as the next version writes it; undefined: it writes it as a table with a header, or not at all. */
function writtenAt(next: Outline, from: KeyPath): string | undefined {
  const block = next.blocks.find(({ kind, path }) => kind === "pair" && startsWith(from, path));
  if (block?.pair === undefined) return undefined;
  const node = nodeBelow(block.pair.value, from.slice(block.path.length));
  return node && next.text.slice(...node.range);
}

function editBlocks(work: Work, edit: KeyEdit): void {
  const { local } = work;
  if (edit.kind === "insert") {
    const before = placeAfter(local, [...edit.path, edit.at - 1]);
    const first = local.blocks.findIndex((block) => startsWith(block.path, [...edit.path, 0]));
    addTables(work, edit, [...edit.path, edit.at], edit.at === 0 && first !== -1 ? first : before);
    return;
  }
  const at = edit.kind === "add" ? edit.at : positionOf(work, edit.path);
  if (edit.kind !== "add") {
    for (const block of local.blocks) if (startsWith(block.path, edit.path)) work.removed.add(block);
  }
  if (edit.kind !== "remove") addKey(work, edit, at);
}

function positionOf({ local }: Work, path: KeyPath): number {
  const parent = dataAt(local.data, path.slice(0, -1));
  return isTable(parent) ? [...parent.keys()].indexOf(String(path.at(-1))) + 1 : 0;
}

type Addition = Extract<KeyEdit, { readonly value: KeyData }>;

/** A key in the form in which the next version has it: one pair, dotted pairs, or tables with headers. */
function addKey(work: Work, edit: Addition, at: number): void {
  const { local, next } = work;
  const blocks = next.blocks.filter(({ path }) => startsWith(path, edit.from));
  const pairs = blocks.filter(({ kind, table }) => kind === "pair" && table.length < edit.from.length);
  if (blocks.length > pairs.length) addTables(work, edit, edit.path, placeForTable(local, edit.path, at));
  if (blocks.length > 0 && pairs.length === 0) return;
  const place = placeForPair(local, edit.path, at);
  if (place === undefined) {
    addUnderNewHeader(work, edit, pairs);
    return;
  }
  const texts = pairs.length === 0 ? [pairText(work, edit, place)] : pairs.map((pair) => movedPair(edit, pair, place));
  for (const text of texts) put(work.pairs, place.index, { path: edit.path, kind: "pair", text });
}

/** A part of what the next version writes as one inline value. */
function pairText({ next }: Work, { path, from, value }: Addition, { table, indent }: PairPlace): string {
  const key = tomlKey(path.slice(table.length).map(String));
  return `${indent}${key} = ${writtenAt(next, from) ?? tomlInline(value)}\n`;
}

function movedPair({ path, from }: Addition, pair: Block, { table, indent }: PairPlace): string {
  const names = [...path, ...pair.path.slice(from.length)].slice(table.length);
  const sameDepth = names.length === pair.path.length - pair.table.length;
  const body = sameDepth ? pair.body : `${tomlKey(names.map(String))} = ${valueText(pair)}`;
  return `${indented(pair.lead, indent)}${indent}${body}${pair.tail}`;
}

function indented(lead: string, indent: string): string {
  return indent === "" ? lead : lead.replace(/^(?=[^\n])/gm, indent);
}

/** The table exists by the tables below it alone, so its header has to be written. */
function addUnderNewHeader(work: Work, edit: Addition, pairs: readonly Block[]): void {
  const parent = edit.path.slice(0, -1);
  const index = placeAfter(work.local, parent);
  const place: PairPlace = { index, table: parent, indent: "" };
  const known = work.tables.get(index)?.some(({ kind, path }) => kind === "header" && samePath(path, parent));
  if (known !== true) {
    const header = work.next.blocks.find(
      ({ kind, path }) => kind === "header" && samePath(path, edit.from.slice(0, -1)),
    );
    const text = header ? textOf(header) : `\n[${headerKey(parent)}]\n`;
    put(work.tables, index, { path: parent, kind: "header", text });
  }
  const texts = pairs.length === 0 ? [pairText(work, edit, place)] : pairs.map((pair) => movedPair(edit, pair, place));
  for (const text of texts) put(work.tables, index, { path: edit.path, kind: "pair", text });
}

function addTables(work: Work, edit: Addition, path: KeyPath, index: number): void {
  const { from, value } = edit;
  const blocks = work.next.blocks.filter((block) => startsWith(block.path, from) && block.table.length >= from.length);
  for (const block of blocks) put(work.tables, index, { path, kind: block.kind, text: textOf(block) });
  if (blocks.length > 0 || !isTable(value)) return;
  // An item of a list of tables that the next version writes inline.
  const pairs = [...value].map(([key, inner]) => `${tomlKey([key])} = ${tomlInline(inner)}\n`);
  put(work.tables, index, { path, kind: "header", text: `\n[[${headerKey(path)}]]\n${pairs.join("")}` });
}

function headerKey(path: KeyPath): string {
  return tomlKey(path.filter((step) => typeof step === "string"));
}

function put(places: Map<number, NewBlock[]>, index: number, block: NewBlock): void {
  const there = places.get(index);
  if (there === undefined) places.set(index, [block]);
  else there.push(block);
}

/** Comments that are left in front of a block that goes are the user's: they stay where they were. */
function printed(work: Work): string {
  const { local, pairs, tables } = work;
  const newAt = (index: number) => [...(pairs.get(index) ?? []), ...(tables.get(index) ?? [])].map(({ text }) => text);
  const parts = local.blocks.flatMap((block, index) => [...newAt(index), ...printedBlock(work, block)]);
  return [...parts, ...newAt(local.blocks.length), local.end].join("");
}

function printedBlock({ removed, bodies, generated }: Work, block: Block): string[] {
  const { lead, indent, body, tail, comments } = block;
  const text = removed.has(block) ? "" : `${indent}${bodies.get(block) ?? body}${tail}`;
  const known = generated(block)?.comments ?? [];
  const lost = comments.filter((comment) => !known.includes(comment) && !text.includes(comment));
  return [lead, ...lost.map((comment) => `${indent}${comment}\n`), text];
}
