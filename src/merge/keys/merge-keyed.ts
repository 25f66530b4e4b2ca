/**
 * Merges a format of keys as text and leaves everything of the user's that no edit names as it is: order, layout and
 * comments. Comments that the user has not changed follow the generator's. A text that does not say in the end what the
 * key merge decided is never given: then the whole file is for the user to decide.
 */

import { wholeFileClash, withoutClash } from "../merge-result.ts";
import type { Merged, Versions } from "../merged.ts";
import { Unparsable } from "../unparsable.ts";
import { applyEdits } from "./apply-edits.ts";
import { type Counterparts, counterpartsOf } from "./counterparts.ts";
import { isList, isTable, type KeyData, sameData } from "./key-data.ts";
import { type KeyEdit, type KeyMerge, keyMerge } from "./key-merge.ts";
import { keyText, valueText } from "./key-text.ts";
import { mergeBlockComments } from "./merge-block-comments.ts";
import { blocksByPlace, placeOf, startsWith, type TextBlock, type TextOutline } from "./text-block.ts";

export interface KeyedFormat<Block extends TextBlock> {
  /** @throws Unparsable */
  outlineOf(text: string): TextOutline<Block>;
  /**
   * Carries out the edits on the text of the user's version.
   * @param generated the block of the base that a block of the user's version comes from
   */
  edit(
    local: TextOutline<Block>,
    next: TextOutline<Block>,
    edits: readonly KeyEdit[],
    generated: (block: Block) => Block | undefined,
  ): string;
}

/** @throws Unparsable when the user's version is no text of the format */
export function mergeKeyed<Block extends TextBlock>(
  path: string,
  versions: Versions,
  format: KeyedFormat<Block>,
): Merged {
  const local = format.outlineOf(versions.local);
  const next = format.outlineOf(versions.next);
  const base = versions.base === undefined ? undefined : readable(format, versions.base);
  const merge = keyMerge(base?.data, local.data, next.data);
  const text = mergedText(format, { base, local, next }, merge);
  if (text === undefined) return wholeFileClash(path, versions, "its changes cannot be told apart");
  const kept = merge.kept.map((each) => ({
    key: keyText(each.path),
    mine: valueText(each.mine),
    recommended: valueText(each.recommended),
  }));
  const hasEnd = versions.local.endsWith("\n") || versions.local === "";
  return withoutClash(hasEnd ? text : text.replace(/\n$/, ""), kept);
}

/** A base that somebody has damaged is no base. */
function readable<Block extends TextBlock>(format: KeyedFormat<Block>, text: string): TextOutline<Block> | undefined {
  try {
    return format.outlineOf(text);
  } catch (error) {
    if (error instanceof Unparsable) return undefined;
    throw error;
  }
}

interface Outlines<Block extends TextBlock> {
  readonly base: TextOutline<Block> | undefined;
  readonly local: TextOutline<Block>;
  readonly next: TextOutline<Block>;
}

/** @returns undefined when the edited text does not say what was decided */
function mergedText<Block extends TextBlock>(
  format: KeyedFormat<Block>,
  outlines: Outlines<Block>,
  { edits }: KeyMerge,
): string | undefined {
  const { base, local, next } = outlines;
  const counterpart = counterpartsOf(base?.data ?? new Map(), local.data, next.data);
  const commented = withComments(format, outlines, counterpart, (block) =>
    edits.some((edit) => takesAway(edit, block)),
  );
  if (commented === undefined) return undefined;
  const generated = blocksByPlace(base?.blocks ?? []);
  const text = format.edit(commented, next, edits, (block) => {
    const path = counterpart(block.path)?.base;
    return path && generated.get(placeOf(block, path));
  });
  const outline = readable(format, text);
  return outline && saysTheSame(outline.data, applyEdits(local.data, edits)) ? text : undefined;
}

function takesAway(edit: KeyEdit, { path }: TextBlock): boolean {
  if (edit.kind !== "remove" && edit.kind !== "set") return false;
  return startsWith(path, edit.path) && (edit.kind === "remove" || path.length > edit.path.length);
}

function withComments<Block extends TextBlock>(
  format: KeyedFormat<Block>,
  { base, local, next }: Outlines<Block>,
  counterpart: Counterparts,
  goes: (block: Block) => boolean,
): TextOutline<Block> | undefined {
  if (base === undefined) return local;
  const text = mergeBlockComments(base, local, next, counterpart, goes);
  const outline = text === local.text ? local : readable(format, text);
  return outline && sameData(outline.data, local.data) ? outline : undefined;
}

/** A list of tables, or a table without a header, is gone with its last part: TOML has no other way to write it. */
function saysTheSame(a: KeyData, b: KeyData): boolean {
  return sameData(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(data: KeyData): KeyData {
  if (!isTable(data)) return isList(data) ? data.map(withoutEmpty) : data;
  const pairs = [...data].map(([key, value]) => [key, withoutEmpty(value)] as const);
  return new Map(pairs.filter(([, value]) => !isEmpty(value)));
}

function isEmpty(data: KeyData): boolean {
  return (isTable(data) && data.size === 0) || (isList(data) && data.length === 0);
}
