/** How the author of a JSON text writes: new parts are written the same way. */
import {
  type JsonDocument,
  type JsonNode,
  type ListNode,
  type Member,
  type ObjectNode,
  sourceOf,
} from "./json-document.ts";

export interface TextStyle {
  /** One level of indentation. */
  readonly unit: string;
  /** Between a key and its value. */
  readonly colon: string;
  /** Between parts on one line. */
  readonly gap: string;
  /** Whether the text has more than one line: a text of one line stays one. */
  readonly isBroken: boolean;
  /** Whether a short list of scalars stands on one line, as code formatters put it; JSON.stringify does not. */
  readonly joinsLists: boolean;
}

/** What JSON.stringify and formatters write. */
const USUAL: TextStyle = { unit: "  ", colon: ": ", gap: " ", isBroken: true, joinsLists: false };

export function styleOf(document: JsonDocument): TextStyle {
  const { text, root } = document;
  const [first] = root.parts;
  // An empty file says nothing about its author's ways.
  if (first === undefined) return USUAL;
  const unit = /\n([^\S\n]+)$/.exec(text.slice(root.start, first.start))?.[1] ?? USUAL.unit;
  const { colon, gap } = styleIn(document, root, USUAL);
  return {
    unit,
    colon,
    gap: colon.endsWith(" ") ? gap : "",
    isBroken: isOnLines(document, root),
    joinsLists: hasJoinedList(document, root),
  };
}

function hasJoinedList(document: JsonDocument, node: JsonNode): boolean {
  if (node.kind === "scalar") return false;
  if (node.kind === "object") return node.parts.some(({ value }) => hasJoinedList(document, value));
  if (!isPlainList(node)) return node.parts.some((part) => hasJoinedList(document, part));
  return node.parts.length > 0 && !isOnLines(document, node);
}

/** A list that a code formatter joins if it fits. */
export function isPlainList(node: JsonNode): boolean {
  return node.kind === "list" && node.parts.every(({ kind }) => kind === "scalar");
}

/** The same with what the parts of this object or list show. */
export function styleIn({ text }: JsonDocument, node: ListNode | ObjectNode, style: TextStyle): TextStyle {
  const [first, second]: readonly (JsonNode | Member)[] = node.parts;
  const between = first === undefined || second === undefined ? "" : text.slice(first.end, second.start);
  const gap = /^,( ?)$/.exec(between)?.[1] ?? style.gap;
  const colon = first !== undefined && "key" in first ? text.slice(first.keyEnd, first.value.start) : "";
  return { ...style, gap, colon: /^ ?: ?$/.test(colon) ? colon : style.colon };
}

/** The white space that the line of this place begins with. */
export function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[^\S\n]*/.exec(text.slice(line, offset))?.[0] ?? "";
}

export function isOnLines(document: JsonDocument, node: JsonNode): boolean {
  return sourceOf(document, node).includes("\n");
}
