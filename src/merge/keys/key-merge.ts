/**
 * Merges three versions of a structured file key by key: what the generator changed between base and next is carried
 * out on the user's version, unless the user has changed the same key; then the user's stays and is reported. Nothing
 * else of the user's version is touched, so comments, order and layout of the rest are as they were.
 *
 * The result is a list of edits, not data: each format carries them out on its own text. All paths and positions are
 * those of the user's version as it is, so edits are applied from the end of the text to its start, or collected.
 *
 * Bounds: a list of scalars, or of tables that can be told apart (match-items.ts), is merged by items; a list that both
 * have rewritten at one place stays the user's. Source of the rules: the case table of three-way merging, per key.
 */
import { isList, isTable, type KeyData, type KeyList, type KeyPath, type KeyTable, sameData } from "./key-data.ts";
import { type Matches, matchAddedItems, matchItems } from "./match-items.ts";

export type KeyEdit =
  /** Replaces the value of a key or of an item. `from`: where the value stands in the next version. */
  | { readonly kind: "set"; readonly path: KeyPath; readonly value: KeyData; readonly from: KeyPath }
  /** A key that the user's table lacks; `at`: how many of the table's keys, in its order, stand before it. */
  | {
      readonly kind: "add";
      readonly path: KeyPath;
      readonly value: KeyData;
      readonly from: KeyPath;
      readonly at: number;
    }
  /** An item that the user's list lacks; `path` is the list, `at`: how many of its items stand before it. */
  | {
      readonly kind: "insert";
      readonly path: KeyPath;
      readonly value: KeyData;
      readonly from: KeyPath;
      readonly at: number;
    }
  | { readonly kind: "remove"; readonly path: KeyPath };

/** A key that both have changed; undefined: that side has none. */
export interface KeptData {
  readonly path: KeyPath;
  readonly mine: KeyData | undefined;
  readonly recommended: KeyData | undefined;
}

export interface KeyMerge {
  /** Adds and inserts of one place stand in the order in which they are to stand in the file. */
  readonly edits: readonly KeyEdit[];
  readonly kept: readonly KeptData[];
}

/** `base` undefined: none is kept; then nothing is removed and nothing of the user's is replaced. */
export function keyMerge(base: KeyTable | undefined, local: KeyTable, next: KeyTable): KeyMerge {
  const walk: Walk = { edits: [], kept: [] };
  mergeTables(walk, { path: [], from: [], base: base ?? new Map(), local, next });
  return walk;
}

interface Walk {
  readonly edits: KeyEdit[];
  readonly kept: KeptData[];
}

/** One place in three versions. */
interface Place<Base, Version> {
  readonly path: KeyPath;
  readonly from: KeyPath;
  readonly base: Base;
  readonly local: Version;
  readonly next: Version;
}

type TablePlace = Place<KeyTable, KeyTable>;
type ListPlace = Place<KeyList, KeyList>;
type ValuePlace = Place<KeyData | undefined, KeyData | undefined>;

/** @returns whether anything of the user's table is left */
function mergeTables(walk: Walk, place: TablePlace): boolean {
  const { base, local, next } = place;
  let left = false;
  for (const [key, value] of local) {
    const inside = childOf(place, key, base.get(key), value, next.get(key));
    if (mergeValues(walk, inside)) left = true;
  }
  const order = [...local.keys()];
  for (const [key, value] of next) {
    if (local.has(key)) continue;
    const inside = childOf(place, key, base.get(key), undefined, value);
    if (base.has(key)) keepUnlessSame(walk, inside);
    else walk.edits.push({ kind: "add", path: inside.path, value, from: inside.from, at: placeOf(key, next, order) });
  }
  return left;
}

function childOf(
  { path, from }: TablePlace,
  key: string,
  base: KeyData | undefined,
  local: KeyData | undefined,
  next: KeyData | undefined,
): ValuePlace {
  return { path: [...path, key], from: [...from, key], base, local, next };
}

/** Behind the nearest key before it that the user has, else before the nearest one after it, else at the end. */
function placeOf(key: string, next: KeyTable, order: readonly string[]): number {
  const keys = [...next.keys()];
  const index = keys.indexOf(key);
  const before = keys.slice(0, index).findLast((sibling) => order.includes(sibling));
  if (before !== undefined) return order.indexOf(before) + 1;
  const after = keys.slice(index + 1).find((sibling) => order.includes(sibling));
  return after === undefined ? order.length : order.indexOf(after);
}

/** A value that the user has. @returns whether it is still there afterwards */
function mergeValues(walk: Walk, place: ValuePlace): boolean {
  const { path, from, base, local, next } = place;
  if (isTable(local) && isTable(next)) {
    mergeTables(walk, { path, from, base: isTable(base) ? base : new Map(), local, next });
    return true;
  }
  if (sameData(local, next) || sameData(base, next)) return true;
  if (next === undefined) return !dropped(walk, place);
  // A list that the user has not touched takes the generated order too, which merging by items would not give.
  const isMoved = isList(base) && isList(next) && sameData(base, local) && isReordered(base, next);
  if (isList(base) && isList(local) && isList(next) && !isMoved) {
    mergeLists(walk, { path, from, base, local, next });
  } else if (sameData(base, local)) walk.edits.push({ kind: "set", path, value: next, from });
  else walk.kept.push({ path, mine: local, recommended: next });
  return true;
}

/** The generator no longer has it: what is as generated goes, what the user changed stays. @returns whether it went */
function dropped(walk: Walk, { path, from, base, local }: ValuePlace): boolean {
  const inside: Walk = { edits: [], kept: [] };
  const left =
    isTable(base) && isTable(local) && !sameData(base, local)
      ? mergeTables(inside, { path, from, base, local, next: new Map() })
      : !sameData(base, local);
  if (!left) {
    walk.edits.push({ kind: "remove", path });
    return true;
  }
  walk.edits.push(...inside.edits);
  walk.kept.push(...inside.kept);
  if (!isTable(local) || !isTable(base)) walk.kept.push({ path, mine: local, recommended: undefined });
  return false;
}

/** A key that the user has deleted stays deleted, and is worth a word when the generator has changed it since. */
function keepUnlessSame(walk: Walk, { path, base, local, next }: ValuePlace): void {
  if (!sameData(base, next)) walk.kept.push({ path, mine: local, recommended: next });
}

function mergeLists(walk: Walk, place: ListPlace): void {
  const { path, from, base, local, next } = place;
  const items = itemsOf(base, local, next);
  if (isContended(items, place)) {
    walk.kept.push({ path, mine: local, recommended: next });
    return;
  }
  for (const [index, item] of local.entries()) {
    const { inBase, inNext } = items.ofLocal(index);
    if (inBase === undefined && inNext === undefined) continue; // The user's own.
    mergeValues(walk, {
      path: [...path, index],
      from: [...from, inNext ?? 0],
      base: inBase === undefined ? undefined : base[inBase],
      local: item,
      next: inNext === undefined ? undefined : next[inNext],
    });
  }
  const keptItems: KeptData[] = [];
  for (const [index, value] of next.entries()) {
    const { inBase, inLocal } = items.ofNext(index);
    if (inLocal !== undefined) continue;
    if (inBase === undefined) {
      const at = items.placeOf(index, local.length);
      walk.edits.push({ kind: "insert", path, value, from: [...from, index], at });
    } else if (!sameData(base[inBase], value)) {
      keptItems.push({ path, mine: local, recommended: next });
    }
  }
  // One report for the list: an item that the user has taken out has no place to name.
  walk.kept.push(...keptItems.slice(0, 1));
}

/** Both have replaced an item, each by its own: which of them belongs there is not for a rule to say. */
function isContended(items: Items, { base, local, next }: ListPlace): boolean {
  const goneFromBoth = base.some((_, index) => !items.localOfBase.has(index) && !items.nextOfBase.has(index));
  const addedByUser = local.some((_, index) =>
    Object.values(items.ofLocal(index)).every((match) => match === undefined),
  );
  const addedByUs = next.some((_, index) => Object.values(items.ofNext(index)).every((match) => match === undefined));
  return goneFromBoth && addedByUser && addedByUs;
}

interface Items {
  readonly localOfBase: Matches;
  readonly nextOfBase: Matches;
  ofLocal(index: number): { readonly inBase: number | undefined; readonly inNext: number | undefined };
  ofNext(index: number): { readonly inBase: number | undefined; readonly inLocal: number | undefined };
  /** Where in the user's list an item goes that it lacks. */
  placeOf(nextIndex: number, localLength: number): number;
}

function itemsOf(base: KeyList, local: KeyList, next: KeyList): Items {
  const localOfBase = matchItems(base, local);
  const nextOfBase = matchItems(base, next);
  const baseOfLocal = reversed(localOfBase);
  const baseOfNext = reversed(nextOfBase);
  const added = matchAdded(local, next, baseOfLocal, baseOfNext);
  const addedOfNext = reversed(added);
  const localOfNext = (index: number): number | undefined => {
    const inBase = baseOfNext.get(index);
    return inBase === undefined ? addedOfNext.get(index) : localOfBase.get(inBase);
  };
  return {
    localOfBase,
    nextOfBase,
    ofLocal(index) {
      const inBase = baseOfLocal.get(index);
      return { inBase, inNext: inBase === undefined ? added.get(index) : nextOfBase.get(inBase) };
    },
    ofNext: (index) => ({ inBase: baseOfNext.get(index), inLocal: localOfNext(index) }),
    placeOf(nextIndex, localLength) {
      for (let index = nextIndex - 1; index >= 0; index -= 1) {
        const before = localOfNext(index);
        if (before !== undefined) return before + 1;
      }
      for (let index = nextIndex + 1; index < next.length; index += 1) {
        const after = localOfNext(index);
        if (after !== undefined) return after;
      }
      return localLength;
    },
  };
}

function isReordered(base: KeyList, next: KeyList): boolean {
  const places = [...matchItems(base, next)].sort(([a], [b]) => a - b).map(([, to]) => to);
  return places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0));
}

/** Items that both have added, by index in the user's list: they are there already. */
function matchAdded(local: KeyList, next: KeyList, baseOfLocal: Matches, baseOfNext: Matches): Matches {
  const mine = [...local.keys()].filter((index) => !baseOfLocal.has(index));
  const ours = [...next.keys()].filter((index) => !baseOfNext.has(index));
  const pick = (list: KeyList, indices: readonly number[]) => indices.flatMap((index) => list.slice(index, index + 1));
  const matches = matchAddedItems(pick(local, mine), pick(next, ours));
  return new Map([...matches].map(([from, to]) => [mine[from] ?? 0, ours[to] ?? 0]));
}

function reversed(matches: Matches): Matches {
  return new Map([...matches].map(([from, to]) => [to, from]));
}
