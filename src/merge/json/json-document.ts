/**
 * JSON with comments and trailing commas as a tree that knows where each part stands in the text, so that an edit can
 * leave everything else as its author wrote it. Plain JSON is the special case without them.
 */
import { createScanner, type Node, type ParseError, parseTree } from "jsonc-parser";
import { assert } from "../../lib/assert.ts";
import { DEPTH_MAX, type KeyData, type KeyPath, type KeyScalar, type KeyTable } from "../keys/key-data.ts";
import { Unparsable } from "../unparsable.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Span {
  readonly kind: "scalar";
  readonly value: KeyScalar;
}

export interface ListNode extends Span {
  readonly kind: "list";
  readonly parts: readonly JsonNode[];
}

export interface ObjectNode extends Span {
  readonly kind: "object";
  readonly parts: readonly Member[];
}

export type JsonNode = ScalarNode | ListNode | ObjectNode;

/** A key with its value; the span covers both. */
export interface Member extends Span {
  readonly key: string;
  /** Where the key in its quotes ends. */
  readonly keyEnd: number;
  readonly value: JsonNode;
}

export interface JsonDocument {
  readonly text: string;
  readonly root: ObjectNode;
}

/** By the reader's error numbers. */
const REASONS: Readonly<Record<number, string>> = {
  1: "a symbol that JSON does not have",
  2: "no number",
  3: "a key in quotes is missing",
  4: "a value is missing",
  5: "a colon is missing",
  6: "a comma is missing",
  7: "a closing brace is missing",
  8: "a closing bracket is missing",
  9: "something follows the end",
  10: "no comment",
  11: "a comment has no end",
  12: "a text has no end",
  13: "a number has no end",
  14: "no Unicode escape",
  15: "no escape that JSON has",
  16: "a character that must be escaped",
};

/** @throws Unparsable when the text is no JSON object, or is nested too deeply */
export function parseDocument(text: string): JsonDocument {
  if (text.trim() === "") throw new Unparsable(undefined, "it is empty");
  refuseDepth(text);
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const error = errors[0];
  if (error !== undefined) throw new Unparsable(lineAt(text, error.offset), REASONS[error.error] ?? "no JSON");
  assert(tree !== undefined, "a text without a fault has a value");
  const root = toNode(tree, text);
  if (root.kind !== "object") throw new Unparsable(lineAt(text, root.start), "it is no object");
  return { text, root };
}

/** Of a key that stands twice, every reader takes the last value. */
export function tableOf(node: ObjectNode): KeyTable {
  return new Map(node.parts.map((member) => [member.key, dataOf(member.value)]));
}

function dataOf(node: JsonNode): KeyData {
  if (node.kind === "scalar") return node.value;
  return node.kind === "list" ? node.parts.map(dataOf) : tableOf(node);
}

/** The member in force. */
export function memberOf(node: ObjectNode, key: string): Member | undefined {
  return node.parts.findLast((member) => member.key === key);
}

/** The value at the path; undefined: there is none. */
export function nodeAt(root: JsonNode, path: KeyPath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) {
    if (node?.kind === "object") node = memberOf(node, String(step))?.value;
    else node = node?.kind === "list" ? node.parts[Number(step)] : undefined;
  }
  return node;
}

export function sourceOf({ text }: JsonDocument, span: Span): string {
  return text.slice(span.start, span.end);
}

function toNode(tree: Node, text: string): JsonNode {
  const span = { start: tree.offset, end: tree.offset + tree.length };
  const children = tree.children ?? [];
  if (tree.type === "array") return { kind: "list", ...span, parts: children.map((child) => toNode(child, text)) };
  if (tree.type === "object") return { kind: "object", ...span, parts: children.map((child) => toMember(child, text)) };
  return { kind: "scalar", ...span, value: toScalar(tree.value, text.slice(span.start, span.end)) };
}

function toMember(property: Node, text: string): Member {
  const [key, value] = property.children ?? [];
  if (key === undefined || value === undefined) throw new Unparsable(undefined, "a key has no value");
  const node = toNode(value, text);
  return { key: String(key.value), keyEnd: key.offset + key.length, value: node, start: key.offset, end: node.end };
}

/** Whole numbers beyond a double's 53 bits are compared exactly. */
function toScalar(value: KeyScalar, source: string): KeyScalar {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/** By the reader's token numbers. */
const DEEPER: Readonly<Record<number, number>> = { 1: 1, 2: -1, 3: 1, 4: -1 };
const END = 17;

/** Before the tree is built, which recurses. */
function refuseDepth(text: string): void {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== END; token = scanner.scan()) {
    // A closing bracket too many must not make room for opening ones.
    depth = Math.max(depth + (DEEPER[token] ?? 0), 0);
    if (depth <= DEPTH_MAX) continue;
    throw new Unparsable(lineAt(text, scanner.getTokenOffset()), `it is nested more than ${DEPTH_MAX} deep`);
  }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
