/**
 * A YAML text as a list of blocks, one for each key and each item of a collection in block form, in the order of the
 * file. The blocks of a collection's parts follow the block of its key. A value in flow form or a scalar is part of its
 * block. The first key of an item may stand on the line of the item's dash; then the item's block has no line end.
 *
 * Bounds: one document whose root is a map, plain keys. Other files are refused as Unparsable.
 */
import {
  type Document,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLSeq,
} from "yaml";
import { assert } from "../../lib/assert.ts";
import type { KeyPath } from "../keys/key-data.ts";
import { isTable } from "../keys/key-data.ts";
import type { TextBlock, TextOutline } from "../keys/text-block.ts";
import { Unparsable } from "../unparsable.ts";
import { isBlockCollection, keyOf, yamlData } from "./yaml-data.ts";

export type YamlOutline = TextOutline<YamlBlock>;

export interface YamlBlock extends TextBlock {
  readonly kind: "pair" | "item";
  /** Of the key or the dash, from 0. */
  readonly column: number;
  /** `name: `, `- `: the part of the body before the value. */
  readonly key: string;
  /** The part of the body behind it; empty for a collection in block form. */
  readonly value: string;
  /** Where the value begins in the text. */
  readonly valueStart: number;
  readonly node: Node | null;
}

/** @throws Unparsable */
export function outlineOf(text: string): YamlOutline {
  const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const document = parse(whole);
  const { contents } = document;
  const data = contents === null ? new Map() : yamlData(contents);
  if (!isTable(data)) throw new Unparsable(1, "its root is no map");
  const reading: Reading = { text: whole, blocks: [], done: 0 };
  if (isBlockCollection(contents)) readCollection(reading, contents, []);
  else if (data.size > 0) throw new Unparsable(1, "its root is a map in flow form");
  return { text: whole, data, blocks: reading.blocks, end: whole.slice(reading.done) };
}

function parse(text: string): Document.Parsed {
  if (isNestedWithoutEnd(text)) throw new Unparsable(undefined, "it is nested too deep");
  const lines = new LineCounter();
  const document = parseDocument(text, { keepSourceTokens: true, lineCounter: lines, logLevel: "error" });
  const [error] = document.errors;
  if (error) throw new Unparsable(lines.linePos(error.pos[0]).line, whyOf(error));
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const { line } = lines.linePos(alias.range?.[0] ?? 0);
      throw new Unparsable(line, `the alias ${alias.source} has no anchor before it`);
    },
  });
  return document;
}

function whyOf({ code, message }: YAMLError): string {
  return code === "MULTIPLE_DOCS" ? "it holds several documents" : message.replace(/ at line \d+[\s\S]*$/, "");
}

/** Open brackets, and collections that begin on one line. */
const NESTED_MAX = 200;

/** The parser recurses into nested values, and thousands of levels down it takes the process with it. */
export function isNestedWithoutEnd(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(depth + (bracket === "[" || bracket === "{" ? 1 : -1), 0);
    if (depth > NESTED_MAX) return true;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${NESTED_MAX}}`).test(text);
}

interface Reading {
  readonly text: string;
  readonly blocks: YamlBlock[];
  done: number;
}

function readCollection(reading: Reading, node: Node, path: KeyPath): void {
  if (isMap(node)) for (const pair of node.items) readPair(reading, pair, [...path, keyOf(pair)]);
  else if (isSeq(node)) {
    const dashes = dashesOf(node);
    for (const [index, item] of node.items.entries()) {
      readPart(reading, "item", dashes[index] ?? 0, (dashes[index] ?? 0) + 1, item, [...path, index]);
    }
  }
}

function readPair(reading: Reading, pair: Pair, path: KeyPath): void {
  const range = isNode(pair.key) ? pair.key.range : undefined;
  if (!range) throw new Unparsable(undefined, "it has a key without a name");
  const gap = /^[ \t]*:/.exec(reading.text.slice(range[1]));
  if (gap === null) throw new Unparsable(undefined, `the key ${keyOf(pair)} has no colon behind it`);
  readPart(reading, "pair", range[0], range[1] + gap[0].length, pair.value, path);
}

/** @param start of the key or the dash. @param keyEnd behind the colon or the dash */
function readPart(
  reading: Reading,
  kind: YamlBlock["kind"],
  start: number,
  keyEnd: number,
  value: unknown,
  path: KeyPath,
): void {
  const { text } = reading;
  const node = isNode(value) ? value : null;
  const isNested = isBlockCollection(node);
  const range = node?.range ?? [keyEnd, keyEnd, keyEnd];
  const first = isNested ? firstOf(node) : range[0];
  const lineEnd = text.indexOf("\n", keyEnd) + 1;
  const isOnLine = isNested && first < lineEnd;
  const isEmpty = !isNested && range[0] === range[1];
  const valueStart = isOnLine ? first : isNested || isEmpty ? keyEnd : range[0];
  const valueEnd = isNested || isEmpty ? valueStart : range[1];
  const lineStart = Math.max(text.lastIndexOf("\n", start - 1) + 1, reading.done);
  const end = isOnLine || text[valueEnd - 1] === "\n" ? valueEnd : text.indexOf("\n", valueEnd) + 1;
  const [key, written, tail] = [
    text.slice(start, valueStart),
    text.slice(valueStart, valueEnd),
    text.slice(valueEnd, end),
  ];
  reading.blocks.push({
    kind,
    path,
    lead: text.slice(reading.done, lineStart),
    indent: text.slice(lineStart, start),
    body: `${key}${written}`,
    tail,
    comments: commentsIn(key.includes("\n") ? key : "", /^[|>]/.test(written) ? "" : written, tail),
    column: start - (text.lastIndexOf("\n", start - 1) + 1),
    key,
    value: written,
    valueStart,
    node,
  });
  reading.done = end;
  if (isNested) readCollection(reading, node, path);
}

/** Where the first key or dash of a collection stands. */
function firstOf(node: Node & { readonly items: readonly unknown[] }): number {
  if (isSeq(node)) return dashesOf(node)[0] ?? 0;
  const [pair] = (node as unknown as { readonly items: readonly Pair[] }).items;
  return (isNode(pair?.key) ? pair.key.range?.[0] : undefined) ?? 0;
}

function dashesOf({ srcToken, items }: YAMLSeq): readonly number[] {
  assert(srcToken?.type === "block-seq", "a list in block form has its tokens");
  const dashes = srcToken.items.flatMap(({ start }) => start.filter(({ type }) => type === "seq-item-ind"));
  assert(dashes.length === items.length, "a list has a dash for each item");
  return dashes.map(({ offset }) => offset);
}

/** A comment begins the text or stands behind a blank. */
function commentsIn(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [...text.matchAll(/(?:^|\s)(#[^\n]*)/g)].map((match) => (match[1] ?? "").trimEnd()));
}
