/**
 * A text in the layout of another one that says nearly the same: wherever both have the same two words in a row, what
 * stands between them is taken from the model. So after a formatter ran over a user's file, the generator's versions can
 * be brought to that formatter's layout, and only what somebody meant remains as a difference.
 */
import { editRuns } from "../lines/edit-runs.ts";
import type { Versions } from "../merged.ts";
import { indentationStep, reindented } from "./indentation.ts";
import { asText, type Laid, type LayoutKind, laid, type Word } from "./layout-tokens.ts";
import { slidRuns } from "./slid-runs.ts";

/** The base and the new version in the user's layout; undefined where the words cannot be told apart well enough. */
export function inUsersLayout({ base, local, next }: Versions, kind: LayoutKind): Versions | undefined {
  const stepBefore = indentationStep(base ?? "") ?? indentationStep(next);
  const step = indentationStep(local);
  const steppedLike = (text: string): Laid => {
    const own = laid(text, kind);
    const alike = kind === "prose" || stepBefore === undefined || step === undefined || step === stepBefore;
    return alike ? own : reindented(own, stepBefore, step);
  };
  if (base === undefined) {
    const alone = inLayoutOf(steppedLike(next), local, kind);
    return alone === undefined ? undefined : { base, local, next: alone };
  }
  const laidBase = inLayoutOf(steppedLike(base), local, kind);
  if (laidBase === undefined) return undefined;
  // In the layout of the base, not of the user's file: where base and next say the same they then look the same.
  const laidNext = inLayoutOf(steppedLike(next), laidBase, kind);
  return laidNext === undefined ? undefined : { base: laidBase, local, next: laidNext };
}

/** undefined: the result would not say the same as the text. */
export function inLayoutOf(own: Laid, model: string, kind: LayoutKind): string | undefined {
  const other = laid(model, kind);
  const places = wordPlaces(own.words, other.words);
  const adopts = adopted(places, own, other);
  const endsWithSemicolons = /;[ \t]*(?:\n|$)/.test(model);
  const words = own.words.map((word, index): Word => {
    const place = places[index];
    const counterpart = other.words[place?.at ?? -1];
    const ended = { ...word, before: endsWithSemicolons ? word.before : withoutSemicolons(word) };
    if (counterpart === undefined) return ended;
    const before = adopts[index] ? counterpart.before : lineStart(ended, counterpart, index === 0);
    return { ...(place?.isEqual ? counterpart : word), before };
  });
  const end = endsWithSemicolons ? own.end : own.end.replaceAll(";", "");
  const text = asText({ words, end: adopts[own.words.length] ? other.end : end });
  const kept = laid(text, kind).words;
  const same = kept.length === own.words.length && kept.every(({ key }, index) => key === own.words[index]?.key);
  return same ? text : undefined;
}

/** Where a word stands in the other text, or the word that it replaces there; -1: it has no counterpart. */
interface WordPlace {
  readonly at: number;
  readonly isEqual: boolean;
}

const NOWHERE: WordPlace = { at: -1, isEqual: false };

/**
 * For each word, and for the end, its place in the other text. Where as many other words stand,
 * they replace each other one by one; otherwise the first of them do.
 */
function wordPlaces(words: readonly Word[], other: readonly Word[]): readonly WordPlace[] {
  const keys = (list: readonly Word[]): readonly string[] => list.map(({ key }) => key);
  const places = new Array<WordPlace>(words.length + 1).fill(NOWHERE);
  const runs = slidRuns(editRuns(keys(words), keys(other)), words, other);
  let done = 0;
  let shift = 0;
  const fill = (end: number, isEqual: boolean): void => {
    for (let index = done; index < end; index += 1) places[index] = { at: index + shift, isEqual };
    done = end;
  };
  for (const { from, count, nextFrom, nextCount } of runs) {
    fill(from, true);
    fill(from + (count === nextCount ? count : Math.min(1, count, nextCount)), false);
    done = from + count;
    shift = nextFrom + nextCount - done;
  }
  fill(words.length + 1, true);
  return places;
}

/** For each word, and for the end, whether the layout before it is the model's: both have counterparts in a row there. */
function adopted(places: readonly WordPlace[], own: Laid, other: Laid): readonly boolean[] {
  const adopts = places.map((place, index): boolean => {
    const last = index === 0 ? { at: -1, isEqual: true } : (places[index - 1] ?? NOWHERE);
    if (place.at < 0 || last.at !== place.at - 1 || (index > 0 && last.at < 0)) return false;
    if (last.isEqual && place.isEqual) return true;
    return fits(own.words[index], other.words[place.at], own.words[index - 1]?.raw);
  });
  const ownIndexes = new Map(places.map(({ at }, index) => [at, index]));
  const otherPairs = other.pairs.map(([open, close]) => [ownIndexes.get(open), ownIndexes.get(close)] as const);
  keepPairs(adopts, [...own.pairs, ...otherPairs]);
  return adopts;
}

/** A line break between these would end the statement, or be an error. */
const JOINED_TO_NEXT = /^(?:return|throw|yield|break|continue|async|type|interface|declare|abstract)$/;
const JOINED_TO_LAST = /^(?:=>|\+\+|--)$/;

/** Between other words than the model's, blanks alone may change; they never vanish, and appear after a bracket only. */
function fits(word: Word | undefined, model: Word | undefined, last: string | undefined): boolean {
  if (word === undefined || model === undefined || !/^\s+$/.test(model.before)) return false;
  const breaks = model.before.includes("\n") && !word.before.includes("\n");
  if (breaks && (JOINED_TO_NEXT.test(last ?? "") || JOINED_TO_LAST.test(word.raw))) return false;
  return word.before === "" ? /^[[({]$/.test(last ?? "") : /^\s+$/.test(word.before);
}

/** Where both begin a line, though after other words: the model's indentation. */
function lineStart(word: Word, counterpart: Word, isFirst: boolean): string {
  const own = /^([\s\S]*\n|)[ \t]*$/.exec(word.before)?.[1];
  const indentation = /(?:^|\n)([ \t]*)$/.exec(counterpart.before)?.[1];
  const begins = own !== undefined && indentation !== undefined && (own !== "" || isFirst);
  return begins ? own + indentation : word.before;
}

/** At the end of lines, unless the word would then continue the statement before. */
function withoutSemicolons({ before, raw }: Word): string {
  return before.includes("\n") && !/^(?:[([`/+*<-]|in$|instanceof$)/.test(raw) ? before.replaceAll(";", "") : before;
}

/** One bracket of a pair must not be taken without the other. Each round takes an adoption back, so it ends. */
function keepPairs(adopts: boolean[], pairs: readonly (readonly (number | undefined)[])[]): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const pair of pairs) {
      const taken = pair.filter((index) => index !== undefined).filter((index) => adopts[index]);
      if (taken.length !== 1) continue;
      for (const index of taken) adopts[index] = false;
      changed = true;
    }
  }
}
