/**
 * Brings the comments of the user's version up to date: those in front of a key, and the one behind its value. What the
 * user has written among them stays. Keys and values are not touched; blocks that are the user's own count as lines
 * between the comments, so that comments keep their places around them.
 */
import type { Counterparts } from "./counterparts.ts";
import { mergeComments } from "./merge-comments.ts";
import { blocksByPlace, placeOf, type TextBlock, type TextOutline, textOf } from "./text-block.ts";

/** Stands for a line feed inside a block; neither TOML nor YAML allows it, so no text has it. */
const INNER_LINE_FEED = "\0";

/**
 * @param goes whether an edit takes the block away: then of the comments in front of it the user's words alone are left
 * @returns the text of the user's version with its comments merged
 */
export function mergeBlockComments<Block extends TextBlock>(
  base: TextOutline<Block>,
  local: TextOutline<Block>,
  next: TextOutline<Block>,
  counterpart: Counterparts,
  goes: (block: Block) => boolean,
): string {
  const inBase = blocksByPlace(base.blocks);
  const inNext = blocksByPlace(next.blocks);
  const result: string[] = [];
  let own = "";
  for (const [index, block] of local.blocks.entries()) {
    const places = counterpart(block.path);
    const before = places && inBase.get(placeOf(block, places.base));
    const after = places?.next && inNext.get(placeOf(block, places.next));
    if (before === undefined && after === undefined) {
      own += opaque(block);
      continue;
    }
    // There is no place for a comment in front of a block on the line of the one before it.
    const isOnLine = staysOpen(local.blocks[index - 1]);
    const follows = before !== undefined && !isOnLine && (after !== undefined || goes(block));
    const words = own + block.lead;
    const lead = follows ? mergeComments(before.lead, words, after?.lead ?? "", commentIndent(block)) : words;
    result.push(lead, block.indent, block.body, before && after ? mergedTail(before, block, after) : block.tail);
    own = "";
  }
  result.push(mergeComments(base.end, own + local.end, next.end, ""));
  return result.join("").replaceAll(INNER_LINE_FEED, "\n");
}

/** A formatter may have indented keys and not the comments in front of them. */
function commentIndent({ lead, indent }: TextBlock): string {
  return /^([ \t]*)#/m.exec(lead)?.[1] ?? indent;
}

function staysOpen(block: TextBlock | undefined): boolean {
  return block?.tail === "" && !block.body.endsWith("\n");
}

function opaque(block: TextBlock): string {
  const { lead, indent, body, tail } = block;
  return textOf({ ...block, lead, indent, body: body.replaceAll("\n", INNER_LINE_FEED), tail });
}

/** The blanks in front of a comment, or its lack, are the user's layout. */
function mergedTail(base: TextBlock, local: TextBlock, next: TextBlock): string {
  const isEdited = local.tail.trim() !== base.tail.trim();
  const endsAlike = next.tail.endsWith("\n") === local.tail.endsWith("\n");
  return isEdited || !endsAlike || next.tail.trim() === base.tail.trim() ? local.tail : next.tail;
}
