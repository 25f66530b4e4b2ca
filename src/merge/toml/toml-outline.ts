/** A TOML text as a list of blocks, one for each table header and each pair. */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { KeyPath } from "../keys/key-data.ts";
import type { TextBlock, TextOutline } from "../keys/text-block.ts";
import { Unparsable } from "../unparsable.ts";
import { keyNames, tomlData } from "./toml-data.ts";

export type Outline = TextOutline<Block>;

/** The path of a header is its table's. */
export interface Block extends TextBlock {
  readonly kind: "header" | "pair";
  /** The path of the header under which it stands. A header's own. */
  readonly table: KeyPath;
  readonly pair?: AST.TOMLKeyValue;
}

/** @throws Unparsable */
export function outlineOf(text: string): Outline {
  const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const program = parse(whole);
  const blocks: Block[] = [];
  let done = 0;
  for (const { node, path, table, range } of nodesOf(program, whole)) {
    const lineStart = whole.lastIndexOf("\n", range[0] - 1) + 1;
    const lineEnd = whole.indexOf("\n", range[1]) + 1;
    blocks.push({
      kind: node.type === "TOMLTable" ? "header" : "pair",
      path,
      table,
      lead: whole.slice(done, lineStart),
      indent: whole.slice(lineStart, range[0]),
      body: whole.slice(...range),
      tail: whole.slice(range[1], lineEnd),
      comments: commentsIn(program, range[0], lineEnd, whole),
      ...(node.type === "TOMLKeyValue" && { pair: node }),
    });
    done = lineEnd;
  }
  return { text: whole, data: tomlData(program), blocks, end: whole.slice(done) };
}

function parse(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text);
  } catch (error) {
    if (error instanceof ParseError) throw new Unparsable(error.lineNumber, error.message);
    // The parser recurses into nested values.
    if (error instanceof RangeError) throw new Unparsable(undefined, "it is nested too deep");
    throw error;
  }
}

function commentsIn({ comments }: AST.TOMLProgram, start: number, end: number, text: string): readonly string[] {
  return comments
    .filter(({ range }) => start <= range[0] && range[0] < end)
    .map(({ range }) => text.slice(...range).trimEnd());
}

interface Found {
  readonly node: AST.TOMLTable | AST.TOMLKeyValue;
  readonly path: KeyPath;
  readonly table: KeyPath;
  readonly range: readonly [number, number];
}

function nodesOf(program: AST.TOMLProgram, text: string): readonly Found[] {
  return program.body[0].body.flatMap((node): readonly Found[] => {
    if (node.type === "TOMLKeyValue") return [{ node, path: keyNames(node.key), table: [], range: node.range }];
    const table = node.resolvedKey;
    const brackets = /^[ \t]*\]{1,2}/.exec(text.slice(node.key.range[1]))?.[0].length ?? 0;
    const header: Found = { node, path: table, table, range: [node.range[0], node.key.range[1] + brackets] };
    const pairs = node.body.map((pair) => ({
      node: pair,
      path: [...table, ...keyNames(pair.key)],
      table,
      range: pair.range,
    }));
    return [header, ...pairs];
  });
}

/** The text of the value of a pair. */
export function valueText({ body, pair }: Block): string {
  return pair === undefined ? "" : body.slice(pair.value.range[0] - pair.range[0]);
}
