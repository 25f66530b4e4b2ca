/**
 * Where a place of the user's version stands in the base and in the next version. Keys are themselves; items of lists
 * are matched as the key merge matches them.
 */
import { isList, isTable, type KeyData, type KeyList, type KeyPath, sameData } from "./key-data.ts";
import { matchItems } from "./match-items.ts";

export interface Counterpart {
  readonly base: KeyPath;
  /** Undefined: the next version has no such place. */
  readonly next: KeyPath | undefined;
}

export type Counterparts = (path: KeyPath) => Counterpart | undefined;

/** @returns for a path of the user's version its counterpart; undefined: the base has none, it is the user's own */
export function counterpartsOf(base: KeyData, local: KeyData, next: KeyData): Counterparts {
  const matched = new Map<KeyList, ReadonlyMap<number, number>>();

  /** The index in `list` of what is `index` in the other list. */
  function indexIn(list: KeyList, other: KeyList, index: number, forward: boolean): number | undefined {
    if (sameData(list, other)) return index;
    const [from, to] = forward ? [other, list] : [list, other];
    const known = matched.get(forward ? list : other);
    const matches = known ?? matchItems(from, to);
    if (known === undefined) matched.set(forward ? list : other, matches);
    return forward ? matches.get(index) : [...matches].find(([, match]) => match === index)?.[0];
  }

  return (path) => {
    const found: Found = { base, local, next, basePath: [], nextPath: [] };
    for (const step of path) {
      if (typeof step === "string") intoTable(found, step);
      else intoList(found, step, indexIn);
      if (found.base === undefined) return undefined;
    }
    return { base: found.basePath, next: found.next === undefined ? undefined : found.nextPath };
  };
}

interface Found {
  base: KeyData | undefined;
  local: KeyData | undefined;
  next: KeyData | undefined;
  readonly basePath: (string | number)[];
  readonly nextPath: (string | number)[];
}

function intoTable(found: Found, key: string): void {
  found.base = isTable(found.base) ? found.base.get(key) : undefined;
  found.local = isTable(found.local) ? found.local.get(key) : undefined;
  found.next = isTable(found.next) ? found.next.get(key) : undefined;
  found.basePath.push(key);
  found.nextPath.push(key);
}

function intoList(
  found: Found,
  index: number,
  indexIn: (list: KeyList, other: KeyList, index: number, forward: boolean) => number | undefined,
): void {
  const { base, local, next } = found;
  const inBase = isList(base) && isList(local) ? indexIn(base, local, index, false) : undefined;
  const inNext = isList(base) && isList(next) && inBase !== undefined ? indexIn(next, base, inBase, true) : undefined;
  found.base = isList(base) && inBase !== undefined ? base[inBase] : undefined;
  found.local = isList(local) ? local[index] : undefined;
  found.next = isList(next) && inNext !== undefined ? next[inNext] : undefined;
  found.basePath.push(inBase ?? 0);
  found.nextPath.push(inNext ?? 0);
}
