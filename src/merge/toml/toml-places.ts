/**
 * Where in a TOML text something new may stand. A pair belongs to the header above it, so it goes among the pairs of
 * its table; a table's header ends the one before it, so it goes where another header stands or at the end.
 */
import { dataAt, isTable, type KeyPath } from "../keys/key-data.ts";
import { samePath, startsWith } from "../keys/text-block.ts";
import type { Block, Outline } from "./toml-outline.ts";

export interface PairPlace {
  /** The count of blocks before it. */
  readonly index: number;
  /** The header that it stands under. */
  readonly table: KeyPath;
  readonly indent: string;
}

/** @returns undefined: its table has neither header nor pairs in this text */
export function placeForPair(outline: Outline, path: KeyPath, at: number): PairPlace | undefined {
  const parent = path.slice(0, -1);
  const keys = keysOf(outline, parent);
  const isSibling = (key: string) => (block: Block) =>
    block.kind === "pair" && block.table.length <= parent.length && startsWith(block.path, [...parent, key]);
  for (const key of keys.slice(0, at).reverse()) {
    const index = outline.blocks.findLastIndex(isSibling(key));
    if (index !== -1) return placeAt(outline, index, 1);
  }
  for (const key of keys.slice(at)) {
    const index = outline.blocks.findIndex(isSibling(key));
    if (index !== -1) return placeAt(outline, index, 0);
  }
  const header = outline.blocks.findIndex((block) => block.kind === "header" && samePath(block.path, parent));
  if (header !== -1) return placeAt(outline, header, 1);
  return parent.length === 0 ? { index: 0, table: [], indent: "" } : undefined;
}

function placeAt({ blocks }: Outline, index: number, behind: 0 | 1): PairPlace {
  const block = blocks[index];
  return { index: index + behind, table: block?.table ?? [], indent: block?.indent ?? "" };
}

/** The count of blocks before a new table that has `at` of its parent's keys before it. */
export function placeForTable(outline: Outline, path: KeyPath, at: number): number {
  const parent = path.slice(0, -1);
  const keys = keysOf(outline, parent);
  for (const key of keys.slice(0, at).reverse()) {
    const index = lastBelow(outline, [...parent, key]);
    if (index !== -1) return nextHeader(outline, index + 1);
  }
  for (const key of keys.slice(at)) {
    const index = outline.blocks.findIndex((block) => startsWith(block.path, [...parent, key]));
    if (index !== -1) return nextHeader(outline, index);
  }
  return placeAfter(outline, parent);
}

/** Behind all that stands below the path, where a header may stand. */
export function placeAfter(outline: Outline, path: KeyPath): number {
  const index = lastBelow(outline, path);
  return nextHeader(outline, index === -1 ? outline.blocks.length : index + 1);
}

function lastBelow({ blocks }: Outline, path: KeyPath): number {
  return blocks.findLastIndex((block) => startsWith(block.path, path));
}

function nextHeader({ blocks }: Outline, from: number): number {
  const index = blocks.findIndex((block, position) => position >= from && block.kind === "header");
  return index === -1 ? blocks.length : index;
}

function keysOf({ data }: Outline, path: KeyPath): readonly string[] {
  const table = dataAt(data, path);
  return isTable(table) ? [...table.keys()] : [];
}
