/**
 * A text of keys as a list of blocks that, joined, are the text byte for byte: what is not edited is not touched. A block
 * is one key, header or item, and all comments and blank lines between it and the block before, so a comment that stands
 * for a key which is left out is in front of the next block.
 */
import { fingerprintOf, type KeyPath, type KeyTable } from "./key-data.ts";

export interface TextBlock {
  readonly kind: string;
  /** Of the value; an item of a list has its index. No two blocks of a text share kind and path. */
  readonly path: KeyPath;
  /** Comments and blank lines, whole lines. */
  readonly lead: string;
  readonly indent: string;
  /** `[server]`, `port = 80`, `- `, `port: 80`. */
  readonly body: string;
  /** A comment on the same line, and the line feed; empty where the next block begins on this line. */
  readonly tail: string;
  /** Those in the body and the tail. */
  readonly comments: readonly string[];
}

export interface TextOutline<Block extends TextBlock> {
  /** Ends in a line feed unless it is empty. */
  readonly text: string;
  readonly data: KeyTable;
  readonly blocks: readonly Block[];
  /** Comments and blank lines behind the last block. */
  readonly end: string;
}

export function blocksByPlace<Block extends TextBlock>(blocks: readonly Block[]): ReadonlyMap<string, Block> {
  return new Map(blocks.map((block) => [placeOf(block, block.path), block]));
}

/** The place of a block of this kind at a path, which no other block of the text has. */
export function placeOf({ kind }: TextBlock, path: KeyPath): string {
  return `${kind} ${fingerprintOf(path)}`;
}

export function textOf({ lead, indent, body, tail }: TextBlock): string {
  return `${lead}${indent}${body}${tail}`;
}

export function startsWith(path: KeyPath, prefix: KeyPath): boolean {
  return prefix.length <= path.length && prefix.every((step, index) => step === path[index]);
}

export function samePath(a: KeyPath, b: KeyPath): boolean {
  return a.length === b.length && startsWith(a, b);
}
