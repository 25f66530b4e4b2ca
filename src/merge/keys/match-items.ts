/**
 * Which item of one list is which item of another. Items are equal, or tables of the same name, or tables that alone
 * differ between the same neighbours: the steps of a CI job keep their user's edits when another step is added. Each
 * stage takes only what the stages before left, and a name only where it is the only one, so no item is matched twice.
 */
import { fingerprintOf, isTable, type KeyData, type KeyList, type KeyTable } from "./key-data.ts";

/** For each item of `from` the index of its match in `to`; absent: it has none. */
export type Matches = ReadonlyMap<number, number>;

/** Fields that tell items of a list apart: identifiers first, then names, then what CI steps, services and routes are. */
const NAME_FIELDS = ["id", "name", "job_name", "key", "path", "uses", "image", "run"] as const;

/** An earlier list and a later one of the same file. */
export function matchItems(from: KeyList, to: KeyList): Matches {
  const state = matchNamed(from, to);
  matchGaps(state);
  return state.matches;
}

/** Items that two people have added: only what is equal, or of one name, is the same. */
export function matchAddedItems(from: KeyList, to: KeyList): Matches {
  return matchNamed(from, to).matches;
}

function matchNamed(from: KeyList, to: KeyList): State {
  const state: State = { from, to, matches: new Map(), taken: new Set() };
  matchBy(state, (item) => fingerprintOf(item), true);
  for (const field of NAME_FIELDS) matchBy(state, (item) => nameOf(item, field), false);
  return state;
}

interface State {
  readonly from: KeyList;
  readonly to: KeyList;
  readonly matches: Map<number, number>;
  readonly taken: Set<number>;
}

/** Items that share a mark are matched in their order when `repeats`, and not at all otherwise. */
function matchBy(state: State, mark: (item: KeyData) => string | undefined, repeats: boolean): void {
  const left = indicesBy(state.from, (index) => !state.matches.has(index), mark);
  const right = indicesBy(state.to, (index) => !state.taken.has(index), mark);
  for (const [text, sources] of left) {
    const targets = right.get(text) ?? [];
    if (!repeats && (sources.length > 1 || targets.length > 1)) continue;
    for (const [position, source] of sources.entries()) take(state, source, targets[position]);
  }
}

function indicesBy(
  list: KeyList,
  isFree: (index: number) => boolean,
  mark: (item: KeyData) => string | undefined,
): Map<string, number[]> {
  const result = new Map<string, number[]>();
  for (const [index, item] of list.entries()) {
    const text = isFree(index) ? mark(item) : undefined;
    if (text === undefined) continue;
    const indices = result.get(text);
    if (indices === undefined) result.set(text, [index]);
    else indices.push(index);
  }
  return result;
}

/** An action's version is not its name: "actions/checkout@v4" becomes "@v5" and is the same step. */
function nameOf(item: KeyData, field: (typeof NAME_FIELDS)[number]): string | undefined {
  const value = isTable(item) ? item.get(field) : undefined;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return field === "uses" || field === "image" ? String(value).replace(/[@:][^/]*$/, "") : String(value);
}

/** Tables between the same two matched neighbours, as many on either side, are the same ones in their order. */
function matchGaps(state: State): void {
  let start = 0;
  for (let index = 0; index <= state.from.length; index += 1) {
    if (index < state.from.length && !state.matches.has(index)) continue;
    const sources = range(start, index);
    const first = start === 0 ? 0 : (state.matches.get(start - 1) ?? 0) + 1;
    const last = index === state.from.length ? state.to.length : (state.matches.get(index) ?? 0);
    const targets = range(first, last);
    if (sources.length === targets.length && targets.every((target) => !state.taken.has(target))) {
      for (const [position, source] of sources.entries()) takeTables(state, source, targets[position]);
    }
    start = index + 1;
  }
}

function takeTables(state: State, source: number, target: number | undefined): void {
  if (target === undefined) return;
  const from = state.from[source];
  const to = state.to[target];
  if (isTable(from) && isTable(to) && shareKey(from, to)) take(state, source, target);
}

function shareKey(a: KeyTable, b: KeyTable): boolean {
  return [...a.keys()].some((key) => b.has(key));
}

function take(state: State, source: number, target: number | undefined): void {
  if (target === undefined) return;
  state.matches.set(source, target);
  state.taken.add(target);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(end - start, 0) }, (_, position) => start + position);
}
