/**
 * Clashes in code that are nothing but lists: import statements of one line each, and names between brackets or one on each
 * line, such as the features of a server. Items are taken out and put in; nobody has to choose.
 */
import { laid, type Word } from "../layout/layout-tokens.ts";
import type { Clashing, Lines } from "./merge-pieces.ts";
import { type Item, mergedItems } from "./merged-items.ts";
import { asLinesText, linesOf } from "./text-lines.ts";

/**
 * undefined: there is more in it than a list, an item's place in it has a meaning, both changed the same item, the generator
 * has a new order, or the way back would not give the user's list again, because what their items stood between is gone.
 * @param above the lines of the user's file above the clash
 */
export function settledList({ hasBase, base, mine, next }: Clashing, above: Lines): Lines | undefined {
  const lines = hasBase ? merged(base, mine, next, above) : undefined;
  if (lines === undefined) return undefined;
  return asLinesText(merged(next, lines, base, above) ?? []) === asLinesText(mine) ? lines : undefined;
}

function merged(base: Lines, mine: Lines, next: Lines, above: Lines): Lines | undefined {
  return mergedImports(base, mine, next) ?? mergedElements(base, mine, next, above) ?? mergedBrackets(base, mine, next);
}

const IMPORT = /^import (?:type )?(?:[^"';]* from )?["']([^"']+)["'];?$/;

function mergedImports(base: Lines, mine: Lines, next: Lines): Lines | undefined {
  const lists = [base, mine, next].map((lines) => itemsOf(lines, (line) => IMPORT.test(line)));
  const [before, local, wanted] = lists;
  if (before === undefined || local === undefined || wanted === undefined) return undefined;
  const modules = new Map(local.map(({ key }) => [IMPORT.exec(key)?.[1], key]));
  // Two statements that name the same module need a person, unless one of them goes.
  const both = wanted.some(({ key }) => {
    const own = modules.get(IMPORT.exec(key)?.[1]);
    return own !== undefined && own !== key;
  });
  // The order of modules that are imported for what they do is meant.
  if (both || !keepsOrder(before, wanted)) return undefined;
  const items = mergedItems(before, local, wanted);
  const names = items.flatMap(({ key }) => importedNames(key));
  return new Set(names).size === names.length ? items.map(({ text }) => text) : undefined;
}

/** As the file knows them: "b" of "{ a as b }". A name twice does not compile. */
function importedNames(statement: string): readonly string[] {
  const clause = /^import (?:type )?(.*) from /.exec(statement)?.[1] ?? "";
  return clause.split(/[{},]/).flatMap((part) => /[\w$]+$/.exec(part.trim())?.[0] ?? []);
}

/** No strings and no numbers: they may be arguments, coordinates or pairs, whose places are meant. */
const ELEMENT = /^[A-Za-z_$][\w$.]*,$/;

function mergedElements(base: Lines, mine: Lines, next: Lines, above: Lines): Lines | undefined {
  const { words } = laid(asLinesText(above), "code");
  if (!isListOfEquals(words, innermostOpen(words))) return undefined;
  const [before, local, wanted] = [base, mine, next].map((lines) => itemsOf(lines, (line) => ELEMENT.test(line)));
  if (before === undefined || local === undefined || wanted === undefined) return undefined;
  return keepsOrder(before, wanted) ? mergedItems(before, local, wanted).map(({ text }) => text) : undefined;
}

interface ListLine extends Item {
  readonly text: string;
}

/** A comment is an item as well: the user's stays when what it stands above goes. undefined: there are other lines. */
function itemsOf(lines: Lines, isItem: (line: string) => boolean): readonly ListLine[] | undefined {
  const items = lines.map((line) => ({ key: line.trim(), text: line }));
  return items.every(({ key }) => isComment(key) || isItem(key)) && areDistinct(items) ? items : undefined;
}

/** A new order of the generator's is a change, and no item of it tells where the user's own belong. */
function keepsOrder(base: readonly Item[], next: readonly Item[]): boolean {
  const both = (list: readonly Item[], other: readonly Item[]): string =>
    list
      .map(({ key }) => key)
      .filter((key) => other.some((item) => item.key === key))
      .join("\n");
  return both(base, next) === both(next, base);
}

function isComment(text: string): boolean {
  return text.startsWith("//");
}

function areDistinct(items: readonly Item[]): boolean {
  return new Set(items.map(({ key }) => key)).size === items.length;
}

/** A bracketed list of names, with what stands before and after it. */
interface Bracketed {
  readonly start: string;
  readonly names: readonly Word[];
  readonly end: string;
  /** Key texts of what stands around the list. */
  readonly around: string;
  /** The layout before a name, where each has a line of its own. */
  readonly lineStart: string | undefined;
}

function mergedBrackets(base: Lines, mine: Lines, next: Lines): Lines | undefined {
  const [before, local, wanted] = [base, mine, next].map((lines) => bracketed(asLinesText(lines)));
  if (before === undefined || local === undefined || wanted === undefined) return undefined;
  if (before.around !== local.around || before.around !== wanted.around) return undefined;
  if (!keepsOrder(before.names, wanted.names)) return undefined;
  const words = mergedItems(before.names, local.names, wanted.names);
  const { start, end, lineStart } = local.names.length === 0 ? wanted : local;
  if (lineStart === undefined) {
    if (words.some(({ raw }) => isComment(raw))) return undefined;
    return linesOf(start + words.map(({ raw }) => raw).join(", ") + end);
  }
  const list = words.map((word) => {
    const ownLine = local.names.includes(word) && word.before.includes("\n");
    return (ownLine ? word.before : lineStart) + word.raw + (isComment(word.raw) ? "" : ",");
  });
  return linesOf(start + list.join("") + end.replace(/^,/, ""));
}

const NAME = /^[A-Za-z_$][\w$]*$/;

/** The last brackets that hold nothing but names and comments. */
function bracketed(text: string): Bracketed | undefined {
  const { words, end } = laid(text, "code");
  const close = words.findLastIndex(({ key }) => key === "]" || key === "}");
  const open = words.slice(0, Math.max(0, close)).findLastIndex(({ key }) => key === "[" || key === "{");
  if (!isListOfEquals(words, open)) return undefined;
  const inner = words.slice(open + 1, close);
  const names = inner.filter(({ key }) => key !== ",");
  const list = inner.filter(({ key }) => !isComment(key));
  const isList = list.every(({ key }, index) => (index % 2 === 0 ? NAME.test(key) : key === ","));
  if (!isList || !areDistinct(names)) return undefined;
  const first = inner[0]?.before ?? "";
  return {
    start: printed(words.slice(0, open + 1)) + (first.includes("\n") ? "" : first),
    names,
    end: printed(words.slice(close)) + end,
    around: [...words.slice(0, open + 1), ...words.slice(close)].map(({ key }) => key).join("\n"),
    lineStart: first.includes("\n") ? first : undefined,
  };
}

/** The bracket that is not closed again; -1: none is. */
function innermostOpen(words: readonly Word[]): number {
  const open: number[] = [];
  for (const [index, { key }] of words.entries()) {
    if (/^[([{]$|\$\{$/.test(key)) open.push(index);
    else if (/^[)\]}]/.test(key)) open.pop();
  }
  return open.at(-1) ?? -1;
}

/**
 * Whether two can add to what stands between these brackets. The arguments of a call, the types of a tuple, the names that
 * take a list apart and the members of an enumeration are told by their places.
 */
function isListOfEquals(words: readonly Word[], open: number): boolean {
  const start = words.slice(0, Math.max(0, open)).findLastIndex(({ before }) => before.includes("\n"));
  const statement = words.slice(Math.max(0, start), Math.max(0, open)).map(({ key }) => key);
  const bracket = words[open]?.key;
  if (bracket === "{") return !statement.includes("enum");
  return bracket === "[" && statement.at(-1) === "=" && !statement.includes("type");
}

function printed(words: readonly Word[]): string {
  return words.map(({ before, raw }) => before + raw).join("");
}
