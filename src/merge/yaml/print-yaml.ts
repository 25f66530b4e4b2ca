/**
 * Prints the blocks of a user's YAML with what was edited. The first key of an item stands on the line of the dash when
 * it did before: if another key comes first now, that one stands there, and the old first one gets its own line.
 */
import { startsWith } from "../keys/text-block.ts";
import type { YamlBlock, YamlOutline } from "./yaml-outline.ts";
import { shifted } from "./yaml-text.ts";

export interface YamlWork {
  readonly local: YamlOutline;
  readonly generated: (block: YamlBlock) => YamlBlock | undefined;
  readonly removed: Set<YamlBlock>;
  readonly bodies: Map<YamlBlock, { readonly body: string; readonly tail?: string }>;
  /** New parts by the count of the user's blocks before them. */
  readonly inserted: Map<number, readonly NewPart[]>;
}

export interface NewPart {
  /** Of its collection: a part of an inner one stands before a part of an outer one. */
  readonly depth: number;
  readonly lead: string;
  /** Its lines, the first one without its indentation. */
  readonly text: string;
  readonly column: number;
}

export function printYaml(work: YamlWork): string {
  const { local, removed, inserted } = work;
  const printer: Printer = { parts: [], dash: undefined, textColumn: undefined };
  for (const [index, block] of local.blocks.entries()) {
    for (const part of inOrder(inserted.get(index))) printPart(printer, part, true);
    if (removed.has(block))
      printer.parts.push(outsideText(printer, isReplaced(work, block) ? "" : wordsLeft(work, block)));
    else if (isDash(work, block, local.blocks[index + 1])) printDash(printer, block, leftOf(work, block));
    else {
      const lead = leftOf(work, block) + wordsBelow(work, block);
      printPart(printer, { lead, text: textOf(work, block), column: block.column }, work.bodies.has(block));
    }
  }
  for (const part of inOrder(inserted.get(local.blocks.length))) printPart(printer, part, true);
  return [...printer.parts, outsideText(printer, local.end)].join("");
}

/** What is in front of a block, and the user's comments that its text has lost. */
function leftOf(work: YamlWork, block: YamlBlock): string {
  const known = work.generated(block)?.comments ?? [];
  const text = work.removed.has(block) ? "" : textOf(work, block);
  const lost = block.comments.filter((comment) => !known.includes(comment) && !text.includes(comment));
  return [block.lead, ...lost.map((comment) => `${" ".repeat(block.column)}${comment}\n`)].join("");
}

function isReplaced({ bodies }: YamlWork, block: YamlBlock): boolean {
  return [...bodies.keys()].some(({ path }) => startsWith(block.path, path));
}

/** The user's comments among parts that a new value replaces: behind it they could be taken for a part of it. */
function wordsBelow(work: YamlWork, block: YamlBlock): string {
  if (!work.bodies.has(block)) return "";
  const text = textOf(work, block);
  const below = work.local.blocks.filter((each) => each !== block && startsWith(each.path, block.path));
  const words = below.flatMap((each) => {
    const known = `${text}${work.generated(each)?.lead ?? ""}`;
    return leftOf(work, each)
      .split("\n")
      .filter((line) => !known.includes(line.trim()));
  });
  return words.map((line) => atColumn(`${line}\n`, block.column)).join("");
}

/** Comments of a part that goes, no deeper than all that goes with it: deeper, a text before it could take them in. */
function wordsLeft(work: YamlWork, block: YamlBlock): string {
  const root = work.local.blocks.find((each) => work.removed.has(each) && startsWith(block.path, each.path));
  return atColumn(leftOf(work, block), root?.column ?? 0);
}

function atColumn(text: string, column: number): string {
  return text.trim() === "" ? "" : text.replace(/^[ \t]*(?=[^ \t\n])/gm, " ".repeat(column));
}

interface Printer {
  readonly parts: string[];
  /** An item's dash that waits for its first part. */
  dash: { readonly text: string; readonly lead: string; readonly column: number } | undefined;
  /** Of the key of the part printed last, when that is new here and has a text in block form. */
  textColumn: number | undefined;
}

const BLOCK_TEXT = /[|>][-+\d]*[ \t]*(?:#[^\n]*)?\n/;

/** Comments behind a text in block form, no deeper than its key: deeper, they would be lines of the text. */
function outsideText({ textColumn }: Printer, lead: string): string {
  if (textColumn === undefined) return lead;
  return lead.replace(new RegExp(`^ {${textColumn},}(?=#)`, "gm"), " ".repeat(textColumn));
}

function inOrder(parts: readonly NewPart[] = []): readonly NewPart[] {
  return [...parts].sort((a, b) => b.depth - a.depth);
}

function textOf({ bodies }: YamlWork, block: YamlBlock): string {
  const changed = bodies.get(block);
  return `${changed?.body ?? block.body}${changed?.tail ?? block.tail}`;
}

/** Whether the block is an item's dash with the item's first part on its line. */
function isDash({ bodies }: YamlWork, block: YamlBlock, following: YamlBlock | undefined): boolean {
  return block.tail === "" && !bodies.has(block) && following !== undefined && startsWith(following.path, block.path);
}

/** A dash on the line of a dash waits with it. */
function printDash(printer: Printer, block: YamlBlock, lead: string): void {
  const { dash } = printer;
  printer.dash = dash
    ? { text: `${dash.text}${block.body}`, lead: dash.lead + lead, column: dash.column }
    : { text: `${" ".repeat(block.column)}${block.body}`, lead, column: block.column };
}

/** Comments of a part that stands on a dash's line go in front of the dash. */
function printPart(printer: Printer, { lead, text, column }: Omit<NewPart, "depth">, isNew: boolean): void {
  const { dash } = printer;
  const words = outsideText(printer, dash ? `${dash.lead}${shifted(lead, dash.column - column)}` : lead);
  printer.dash = undefined;
  printer.textColumn = isNew && BLOCK_TEXT.test(text) ? column : undefined;
  printer.parts.push(words, dash ? dash.text : " ".repeat(column), text);
}
