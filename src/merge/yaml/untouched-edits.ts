/**
 * Edits inside a collection whose text the user has left as it was generated become one: the next version's text is
 * taken whole, in its form and order. Only places without an item of a list on the way are looked at, for there the same
 * path is the same place in all versions.
 */
import { applyEdits } from "../keys/apply-edits.ts";
import { dataAt, sameData } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { startsWith } from "../keys/text-block.ts";
import type { YamlBlock, YamlOutline } from "./yaml-outline.ts";

export function untouchedEdits(
  local: YamlOutline,
  next: YamlOutline,
  edits: readonly KeyEdit[],
  generated: (block: YamlBlock) => YamlBlock | undefined,
): readonly KeyEdit[] {
  const merged = applyEdits(local.data, edits);
  let result = edits;
  for (const { kind, path } of local.blocks) {
    const isCandidate = kind === "pair" && path.every((step) => typeof step === "string");
    if (!isCandidate || !result.some((edit) => isInside(edit, path))) continue;
    const value = dataAt(next.data, path);
    if (value === undefined || !sameData(dataAt(merged, path), value)) continue;
    const blocks = local.blocks.filter((block) => startsWith(block.path, path));
    const ours = next.blocks.filter((block) => startsWith(block.path, path));
    if (!blocks.every((block, index) => isAsGenerated(block, index === 0, generated(block), ours))) continue;
    result = [...result.filter((edit) => !isInside(edit, path)), { kind: "set", path, value, from: path }];
  }
  return result;
}

function isInside(edit: KeyEdit, path: YamlBlock["path"]): boolean {
  return startsWith(edit.path, path) && (edit.kind === "insert" || edit.path.length > path.length);
}

/** The first block's own comments stay whatever becomes of its value. */
function isAsGenerated(
  block: YamlBlock,
  isFirst: boolean,
  before: YamlBlock | undefined,
  ours: readonly YamlBlock[],
): boolean {
  if (before === undefined || before.body !== block.body) return false;
  if (isFirst) return true;
  const known = [before.lead, before.tail, ...ours.flatMap(({ lead, tail }) => [lead, tail])].flatMap(commentsOf);
  return [block.lead, block.tail].flatMap(commentsOf).every((comment) => known.includes(comment));
}

function commentsOf(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}
