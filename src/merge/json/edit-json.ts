/**
 * Carries out edits of keys and items on a JSON text. Only the parts that an edit names are written anew, in the style
 * of what stands around them; comments, order, indentation, blank lines and trailing commas of the rest stay.
 */
import { assert } from "../../lib/assert.ts";
import type { KeyPath } from "../keys/key-data.ts";
import type { KeyEdit } from "../keys/key-merge.ts";
import { type JsonDocument, type JsonNode, type Member, memberOf, nodeAt } from "./json-document.ts";
import { type Layout, layoutOf, printLayout, type Slot } from "./layout.ts";
import { type Container, type Form, formOf, freedLead, isBlank, movedLead, type Writing } from "./part-form.ts";
import { placeInOrder } from "./place-in-order.ts";
import { onLines, onOneLine, type Place } from "./print-value.ts";
import { indentAt, isOnLines, styleOf } from "./text-style.ts";

/** @param next where the edits' values stand */
export function editJson(document: JsonDocument, edits: readonly KeyEdit[], next: JsonDocument): string {
  const { text, root } = document;
  const writing: Writing = { document, next, style: styleOf(document) };
  return text.slice(0, root.start) + rewritten(writing, root, grouped(edits)) + text.slice(root.end);
}

type NewPart = Extract<KeyEdit, { kind: "add" | "insert" }>;

/** The edits of one value and of what is in it. */
interface Group {
  readonly inside: Map<string | number, Group>;
  readonly added: NewPart[];
  own?: Extract<KeyEdit, { kind: "set" | "remove" }>;
}

function grouped(edits: readonly KeyEdit[]): Group {
  const root: Group = { inside: new Map(), added: [] };
  for (const edit of edits) {
    if (edit.kind === "insert") groupAt(root, edit.path).added.push(edit);
    else if (edit.kind === "add") groupAt(root, edit.path.slice(0, -1)).added.push(edit);
    else groupAt(root, edit.path).own = edit;
  }
  return root;
}

function groupAt(root: Group, path: KeyPath): Group {
  let group = root;
  for (const step of path) {
    const inside: Group = group.inside.get(step) ?? { inside: new Map(), added: [] };
    group.inside.set(step, inside);
    group = inside;
  }
  return group;
}

function rewritten(writing: Writing, node: JsonNode, group: Group): string {
  assert(node.kind !== "scalar", "an edit leads into a scalar");
  const layout = layoutOf(writing.document, node);
  const form = formOf(writing, node, layout, group.added[0]?.from);
  const added = addedAt(writing, node, group);
  const slots: Slot[] = [];
  let freed: string | undefined;
  for (let index = 0; index <= layout.slots.length; index += 1) {
    for (const part of added.get(index) ?? []) slots.push(newSlot(writing, form, part, slots.length === 0));
    const slot = layout.slots[index];
    if (slot === undefined) break;
    const body = bodyOf(writing, node, index, group, form);
    if (body === undefined) {
      freed ??= slot.lead;
      continue;
    }
    const lead = slots.length > 0 && index === 0 ? movedLead(form, slot.lead) : freedLead(slot.lead, freed, slots);
    slots.push({ ...slot, body, lead });
    freed = undefined;
  }
  return printLayout({ ...layout, ...frameOf(layout, slots, form) });
}

/** New parts by the number of the user's parts before them. */
function addedAt({ next }: Writing, node: Container, { added }: Group): ReadonlyMap<number, NewPart[]> {
  const places = new Map<number, NewPart[]>();
  for (const part of added) {
    const index = node.kind === "list" ? part.at : placeInOrder(node, part, next);
    places.set(index, [...(places.get(index) ?? []), part]);
  }
  return places;
}

function newSlot({ next }: Writing, form: Form, part: NewPart, isFirst: boolean): Slot {
  const { style } = form;
  const lead = isFirst ? form.first : form.isBroken ? `\n${form.indent}` : style.gap;
  const key = part.kind === "add" ? JSON.stringify(part.path.at(-1)) + style.colon : "";
  const place = { indent: form.indent, columns: form.indent.length + key.length + 1 };
  return { lead, body: key + valueText(next, part.from, form, place), before: "", after: "" };
}

/** The part as it stands afterwards; undefined: it goes. */
function bodyOf(writing: Writing, node: Container, index: number, group: Group, form: Form): string | undefined {
  const { text } = writing.document;
  const part = node.parts[index];
  assert(part !== undefined, "a layout has as many slots as its value has parts");
  const isMember = "key" in part;
  const inside = group.inside.get(isMember ? part.key : index);
  if (inside?.own?.kind === "remove") return undefined;
  const isTouched = inside !== undefined && (!isMember || isInForce(node, part));
  if (!isTouched) return text.slice(part.start, part.end);
  const value = isMember ? part.value : part;
  const head = text.slice(part.start, value.start);
  if (inside.own === undefined) return head + rewritten(writing, value, inside);
  const indent = indentAt(text, part.start);
  const place = { indent, columns: indent.length + head.length + 1 };
  return head + valueText(writing.next, inside.own.from, formLike(form, writing.document, value), place);
}

/** Of a key that stands twice, the last. */
function isInForce(node: Container, member: Member): boolean {
  return node.kind === "object" && memberOf(node, member.key) === member;
}

/** A list that its author keeps on one line stays on one. */
function formLike(form: Form, document: JsonDocument, value: JsonNode): Form {
  const says = value.kind !== "scalar" && value.parts.length > 0 && !isOnLines(document, value);
  return says ? { ...form, isBroken: false } : form;
}

function valueText(next: JsonDocument, from: KeyPath, { isBroken, style }: Form, place: Place): string {
  const node = nodeAt(next.root, from);
  assert(node !== undefined, "an edit's value stands in the next version");
  return isBroken ? onLines(next, node, style, place) : onOneLine(next, node, style);
}

function frameOf(
  layout: Layout,
  slots: readonly Slot[],
  form: Form,
): Pick<Layout, "slots" | "close" | "trailingComma"> {
  const trailingComma = layout.trailingComma && slots.length > 0;
  if (slots.length === 0 && isBlank(layout.head + layout.close)) return { slots, trailingComma, close: "" };
  return { slots, trailingComma, close: layout.slots.length === 0 && slots.length > 0 ? form.close : layout.close };
}
