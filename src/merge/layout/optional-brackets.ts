/**
 * Parentheses that formatters add and take away: around what follows `return`, `throw` or `=>`, and around the only
 * parameter of an arrow function. They become layout, in pairs, so that one of a pair is never taken without the other.
 */
import type { Laid, LayoutPair, Word } from "./layout-tokens.ts";

const BEFORE_VALUE = /^(?:return|throw|=>)$/;
/** What continues a value after its closing parenthesis, which then is needed. */
const CONTINUES = /^(?:[^\w$\s"'})\],:]|(?:as|satisfies|in|instanceof|of)$)/;
const NAME = /^[\w$]+$/;

export function withoutOptionalBrackets(laid: Omit<Laid, "pairs">): Laid {
  const brackets = optionalBrackets(laid.words);
  const closeOf = new Map(brackets);
  const folded = new Set(brackets.flat());
  const words: Word[] = [];
  const pairs: LayoutPair[] = [];
  /** For each folded bracket the word whose layout it became part of. */
  const places = new Map<number, number>();
  let before = "";
  for (const [index, word] of laid.words.entries()) {
    before += word.before;
    if (folded.has(index)) {
      places.set(index, words.length);
      before += word.raw;
    } else {
      words.push({ ...word, before });
      before = "";
    }
  }
  for (const [open, close] of closeOf) pairs.push([places.get(open) ?? 0, places.get(close) ?? 0]);
  return { words, end: before + laid.end, pairs };
}

function optionalBrackets(words: readonly Word[]): readonly (readonly [open: number, close: number])[] {
  const found: (readonly [number, number])[] = [];
  const open: OpenBracket[] = [];
  for (const [index, { key }] of words.entries()) {
    const inner = open.at(-1);
    if (/^[([{]$|\$\{$/.test(key)) open.push({ at: index, key, holdsComma: false });
    else if (key === "," && inner !== undefined) inner.holdsComma = true;
    if (!/^[)\]}]/.test(key) || key.endsWith("${")) continue;
    const start = open.pop();
    // Without them what follows a comma would be another argument.
    if (key !== ")" || start?.key !== "(" || start.holdsComma) continue;
    if (holdsValue(words, start.at, index) || holdsParameter(words, start.at, index)) found.push([start.at, index]);
  }
  return found;
}

interface OpenBracket {
  readonly at: number;
  readonly key: string;
  holdsComma: boolean;
}

function holdsValue(words: readonly Word[], open: number, close: number): boolean {
  const first = words[open + 1];
  // A brace would begin a block instead of an object.
  if (!BEFORE_VALUE.test(words[open - 1]?.key ?? "") || first === undefined || /^[{)]/.test(first.key)) return false;
  const follower = words[close + 1];
  if (follower === undefined || follower.before.includes(";")) return true;
  return !CONTINUES.test(follower.key) && (/[\n]/.test(follower.before) || /^[)\]},:]/.test(follower.key));
}

function holdsParameter(words: readonly Word[], open: number, close: number): boolean {
  return close === open + 2 && words[close + 1]?.key === "=>" && NAME.test(words[open + 1]?.key ?? "");
}
