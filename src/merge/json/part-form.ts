/** How the parts of one object or list stand, so that new ones stand the same way and no gap shows where one was. */
import type { KeyPath } from "../keys/key-data.ts";
import { type JsonDocument, type ListNode, nodeAt, type ObjectNode } from "./json-document.ts";
import type { Layout, Slot } from "./layout.ts";
import { indentAt, isOnLines, isPlainList, styleIn, type TextStyle } from "./text-style.ts";

export type Container = ListNode | ObjectNode;

/** What is edited, where new values stand, and how its author writes. */
export interface Writing {
  readonly document: JsonDocument;
  readonly next: JsonDocument;
  readonly style: TextStyle;
}

/** How new parts of one object or list stand. */
export interface Form {
  readonly style: TextStyle;
  readonly isBroken: boolean;
  /** Of a part's line. */
  readonly indent: string;
  /** Before the first part. */
  readonly first: string;
  /** Before the closing bracket of what was empty. */
  readonly close: string;
}

/** @param from where the first new part's value stands in the next version; undefined: none is new */
export function formOf(writing: Writing, node: Container, layout: Layout, from: KeyPath | undefined): Form {
  const [first, second] = layout.slots;
  if (first === undefined) return emptyForm(writing, node, layout, from);
  const style = styleIn(writing.document, node, writing.style);
  const isBroken = (second ?? first).lead.includes("\n");
  const indent = /\n([^\S\n]*)$/.exec(first.lead)?.[1] ?? indentAt(writing.document.text, node.start) + style.unit;
  const apart = isBroken ? `\n${indent}` : style.gap;
  return { style, isBroken, indent, first: isBlank(first.lead) ? first.lead : apart, close: layout.close };
}

/** What was empty is opened as the generated text has it, unless the user's text has a single line. */
function emptyForm(
  { document, next, style }: Writing,
  node: Container,
  layout: Layout,
  from: KeyPath | undefined,
): Form {
  const outer = indentAt(document.text, node.start);
  const model = from === undefined ? undefined : nodeAt(next.root, from.slice(0, -1));
  const isModelBroken = model !== undefined && isOnLines(next, model) && !(style.joinsLists && isPlainList(model));
  const isBroken = layout.close.includes("\n") || (style.isBroken && isModelBroken);
  const indent = outer + style.unit;
  const comments = layout.close.trimEnd();
  if (isBroken) return { style, isBroken, indent, first: `${comments}\n${indent}`, close: `\n${outer}` };
  const pad = node.kind === "object" ? style.gap : "";
  return { style, isBroken, indent, first: comments + pad, close: pad };
}

/** The first part's lead after another was put before it: on one line it was the padding of the bracket. */
export function movedLead({ isBroken, style }: Form, lead: string): string {
  return isBroken || !isBlank(lead) || lead.includes("\n") ? lead : style.gap;
}

/** What stood before removed parts stays when it says more: padding of a bracket, or the blank line of a group. */
export function freedLead(lead: string, freed: string | undefined, slots: readonly Slot[]): string {
  if (freed === undefined || !isBlank(freed) || !isBlank(lead)) return lead;
  return slots.length === 0 || breaks(freed) > breaks(lead) ? freed : lead;
}

function breaks(space: string): number {
  return space.split("\n").length - 1;
}

export function isBlank(trivia: string): boolean {
  return trivia.trim() === "";
}
