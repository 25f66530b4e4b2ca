/**
 * The text of an object or list taken apart, so that parts can be taken out and put in while everything that stands
 * between them keeps its place:
 *
 *   { head
 *     lead BODY before , after
 *     lead BODY before after
 *   close }
 *
 * A comment on the line of a part belongs to it (`after`); comments on lines of their own belong to the next (`lead`).
 */
import type { JsonDocument, JsonNode, Member } from "./json-document.ts";

export interface Slot {
  readonly lead: string;
  readonly body: string;
  readonly before: string;
  readonly after: string;
}

export interface Layout {
  readonly open: string;
  /** On the opening line, when the parts begin on the next. */
  readonly head: string;
  readonly slots: readonly Slot[];
  readonly trailingComma: boolean;
  readonly close: string;
  readonly end: string;
}

type Container = Extract<JsonNode, { kind: "list" | "object" }>;

export function layoutOf({ text }: JsonDocument, node: Container): Layout {
  const parts: readonly (JsonNode | Member)[] = node.parts;
  const first = parts[0]?.start ?? node.end - 1;
  const opening = text.slice(node.start + 1, first);
  const headChars = parts.length === 0 ? 0 : Math.max(lineEnd(opening), 0);
  let lead = opening.slice(headChars);
  let trailingComma = false;
  const slots: Slot[] = [];
  for (const [index, part] of parts.entries()) {
    const gap = gapOf(text.slice(part.end, parts[index + 1]?.start ?? node.end - 1), index === parts.length - 1);
    slots.push({ lead, body: text.slice(part.start, part.end), before: gap.before, after: gap.after });
    lead = gap.lead;
    trailingComma = gap.hasComma;
  }
  return {
    open: text.slice(node.start, node.start + 1),
    head: opening.slice(0, headChars),
    slots,
    trailingComma,
    close: lead,
    end: text.slice(node.end - 1, node.end),
  };
}

export function printLayout({ open, head, slots, trailingComma, close, end }: Layout): string {
  const texts = [open, head];
  let comment = head;
  for (const [index, { lead, body, before, after }] of slots.entries()) {
    const comma = index < slots.length - 1 || trailingComma ? "," : "";
    texts.push(apart(comment, lead), body, before, comma, after);
    comment = after;
  }
  texts.push(apart(comment, close), end);
  return texts.join("");
}

/** What follows a line comment starts on a new line: a part that stood between them may be gone. */
function apart(trivia: string, next: string): string {
  return endsInLineComment(trivia) && !next.startsWith("\n") ? `\n${next}` : next;
}

function endsInLineComment(trivia: string): boolean {
  return tokensOf(trivia).some(({ token }) => token.startsWith("//"));
}

interface Gap {
  readonly before: string;
  readonly hasComma: boolean;
  readonly after: string;
  readonly lead: string;
}

/** @param isLast whether the closing bracket follows */
function gapOf(gap: string, isLast: boolean): Gap {
  const comma = tokensOf(gap).find(({ token }) => token === ",")?.index ?? -1;
  const rest = gap.slice(comma + 1);
  const end = lineEnd(rest);
  // Without a line break, a comment before the closing bracket still belongs to the last part.
  const afterChars = end >= 0 ? end : isLast ? rest.trimEnd().length : 0;
  return {
    before: gap.slice(0, Math.max(comma, 0)),
    hasComma: comma >= 0,
    after: rest.slice(0, afterChars),
    lead: rest.slice(afterChars),
  };
}

/** Where the first line ends, not counting breaks inside of block comments; -1: nowhere. */
function lineEnd(trivia: string): number {
  return tokensOf(trivia).find(({ token }) => token === "\n")?.index ?? -1;
}

interface Token {
  readonly token: string;
  readonly index: number;
}

/** Comments as a whole, everything else by characters. A lone carriage return ends a line comment, as for the reader. */
function tokensOf(trivia: string): readonly Token[] {
  return [...trivia.matchAll(/\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|[\s\S]/g)].map(({ 0: token, index }) => ({ token, index }));
}
