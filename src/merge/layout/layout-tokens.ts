/**
 * A text as words and the layout between them. Layout is what a formatter changes and nobody means: blanks, line breaks
 * where the format ignores them, and in code the comma before a closing bracket, semicolons and brackets that change nothing.
 * Texts with the same keys say the same.
 */

import { takesMarkers } from "../strategy.ts";
import { codeWords, endsInsideWord } from "./code-words.ts";

export interface Word {
  /** The layout between the word before and this one. */
  readonly before: string;
  readonly raw: string;
  /** `raw` without the differences that formatters make inside of words, such as the kind of quotes. */
  readonly key: string;
}

export interface Laid {
  readonly words: readonly Word[];
  /** The layout after the last word. */
  readonly end: string;
  /** Words whose layouts hold one bracket of a pair each: both are taken or none. */
  readonly pairs: readonly LayoutPair[];
}

/** Two indexes of words; the number of words stands for the end. */
export type LayoutPair = readonly [open: number, close: number];

/** What is layout depends on the format. */
export type LayoutKind = "code" | "prose" | "lines";

const kinds: readonly (readonly [RegExp, LayoutKind])[] = [
  // Not .tsx and .jsx: between tags blanks and semicolons are text.
  [/\.[cm]?[jt]s$/i, "code"],
  [/\.(?:md|markdown|txt|rst|adoc)$/i, "prose"],
  [/(?:^|\/)(?:docker|container)file[^/]*$|\.dockerfile$/i, "lines"],
  // Not .html: blanks in <pre> and in scripts are meant.
  [/\.(?:conf|cfg|service|socket|timer|css)$/i, "lines"],
];

/** undefined: every blank may mean something, as in a makefile. */
export function layoutKindOf(path: string): LayoutKind | undefined {
  const kind = kinds.find(([pattern]) => pattern.test(path))?.[1];
  // A program reads requirements.txt and robots.txt line by line.
  return kind === "prose" && !takesMarkers(path) ? undefined : kind;
}

export function laid(text: string, kind: LayoutKind): Laid {
  if (kind === "code") return codeWords(text);
  return kind === "prose" ? proseWords(text) : lineWords(text);
}

/** Whether the lines after these cannot be taken for words by themselves: they go on with a string or a block of code. */
export function opensBlock(above: string, kind: LayoutKind): boolean {
  if (kind === "code") return endsInsideWord(above);
  return kind === "prose" && (above.match(/^[ \t]*(?:```|~~~)/gm)?.length ?? 0) % 2 === 1;
}

export function asText({ words, end }: Omit<Laid, "pairs">): string {
  return words.map(({ before, raw }) => before + raw).join("") + end;
}

/** Whether both texts say the same. */
export function saysTheSame(left: string, right: string, kind: LayoutKind): boolean {
  const keys = laid(right, kind).words.map(({ key }) => key);
  const words = laid(left, kind).words;
  return words.length === keys.length && words.every(({ key }, index) => key === keys[index]);
}

/** A fenced block, a bar, because formatters align the columns of tables, or what stands between blanks. */
const PROSE_WORD =
  /(?<=^|\n)[ \t]*(`{3,}|~{3,})[^\n]*(?:\n(?:[^\n]*\n)*?[ \t]*\1[`~]*(?=[ \t]*(?:\n|$))|[\s\S]*)|\||[^\s|]+/g;

/** A fenced block is one word: in code every blank may mean something. */
function proseWords(text: string): Laid {
  const words: Word[] = [];
  let done = 0;
  for (const match of text.matchAll(PROSE_WORD)) {
    const [raw] = match;
    const before = text.slice(done, match.index);
    words.push({ before, raw, key: proseKey(raw, words.length === 0 || before.includes("\n")) });
    done = match.index + raw.length;
  }
  return { words, end: text.slice(done), pairs: [] };
}

function proseKey(raw: string, opensLine: boolean): string {
  if (/^:?-{2,}:?$/.test(raw)) return raw.replace(/-+/, "---");
  return opensLine && raw === "*" ? "-" : raw;
}

/** A quoted or escaped part, in which blanks are meant, or a gap. */
const GAP = /("[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|'[^'\\]*(?:\\.[^'\\]*)*(?:'|\\?$)|\\.)|[ \t]+/g;

/** A line that is not blank is a word; what it begins and ends with, and the width of its gaps outside of quotes, are layout. */
function lineWords(text: string): Laid {
  const words: Word[] = [];
  let done = 0;
  for (const match of text.matchAll(/\S(?:.*\S)?/g)) {
    const [raw] = match;
    words.push({ before: text.slice(done, match.index), raw, key: raw.replace(GAP, (_gap, meant) => meant ?? " ") });
    done = match.index + raw.length;
  }
  return { words, end: text.slice(done), pairs: [] };
}
