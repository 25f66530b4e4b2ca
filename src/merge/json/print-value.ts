/** A value of the generated text, printed as the user's text is written. Generated JSON has no comments. */
import { type JsonDocument, type JsonNode, memberOf, type ObjectNode, sourceOf } from "./json-document.ts";
import { isOnLines, isPlainList, type TextStyle } from "./text-style.ts";

/** Line width of Prettier and Biome, up to which they join a list. */
const LINE_CHARS_MAX = 80;

/** Where a value begins. */
export interface Place {
  /** Of its line. */
  readonly indent: string;
  /** What stands before it on its line, and behind it: a comma. */
  readonly columns: number;
}

/** On several lines where it is so in its own text. */
export function onLines(from: JsonDocument, node: JsonNode, style: TextStyle, place: Place): string {
  if (node.kind === "scalar" || !isOnLines(from, node)) return sourceOf(from, node);
  if (style.joinsLists && isPlainList(node)) {
    const line = onOneLine(from, node, style);
    if (place.columns + line.length <= LINE_CHARS_MAX) return line;
  }
  const indent = place.indent + style.unit;
  const printed = (value: JsonNode, head: string): string =>
    `\n${indent}${head}${onLines(from, value, style, { indent, columns: indent.length + head.length + 1 })}`;
  if (node.kind === "list") return `[${node.parts.map((part) => printed(part, "")).join(",")}\n${place.indent}]`;
  const members = membersOf(node).map(({ key, value }) => printed(value, JSON.stringify(key) + style.colon));
  return `{${members.join(",")}\n${place.indent}}`;
}

export function onOneLine(from: JsonDocument, node: JsonNode, style: TextStyle): string {
  if (node.kind === "scalar") return sourceOf(from, node);
  const between = `,${style.gap}`;
  if (node.kind === "list") return `[${node.parts.map((part) => onOneLine(from, part, style)).join(between)}]`;
  const members = membersOf(node).map(
    ({ key, value }) => JSON.stringify(key) + style.colon + onOneLine(from, value, style),
  );
  return members.length === 0 ? "{}" : `{${style.gap}${members.join(between)}${style.gap}}`;
}

/** Those in force. */
function membersOf(node: ObjectNode): ObjectNode["parts"] {
  return node.parts.filter((member) => memberOf(node, member.key) === member);
}
