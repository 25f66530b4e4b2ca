/** Whether a part of a JSON text carries a comment: before it, behind it on its line, or inside of it. */
import { createScanner } from "jsonc-parser";
import type { KeyPath } from "../keys/key-data.ts";
import { type JsonDocument, nodeAt, sourceOf } from "./json-document.ts";
import { layoutOf } from "./layout.ts";

/** @param path of a key or an item; a comment on any of a key's places counts when it stands twice */
export function carriesComment(document: JsonDocument, path: KeyPath): boolean {
  const holder = nodeAt(document.root, path.slice(0, -1));
  if (holder === undefined || holder.kind === "scalar") return false;
  const last = path.at(-1);
  return layoutOf(document, holder).slots.some((slot, index) => {
    const part = holder.parts[index];
    const isMeant = part !== undefined && ("key" in part ? part.key === last : index === last);
    return isMeant && hasComment(slot.lead + slot.body + slot.before + slot.after);
  });
}

/** Only inside of the value, which is what a new value would replace. */
export function holdsComment(document: JsonDocument, path: KeyPath): boolean {
  const node = nodeAt(document.root, path);
  return node !== undefined && node.kind !== "scalar" && hasComment(sourceOf(document, node));
}

/** The reader's token numbers. */
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const END = 17;

function hasComment(text: string): boolean {
  const scanner = createScanner(text);
  for (let token: number = scanner.scan(); token !== END; token = scanner.scan()) {
    if (token === LINE_COMMENT || token === BLOCK_COMMENT) return true;
  }
  return false;
}
