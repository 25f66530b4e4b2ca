/**
 * What a JSON, TOML or YAML file says, without how it is written: the form in which three versions are compared.
 * Tables are maps, so that a key "__proto__" is a key like any other. A parser bounds the depth (DEPTH_MAX) before it
 * gives data to the walks, which recurse.
 */

export type KeyData = KeyTable | KeyList | KeyScalar;
/** In the order of the file. */
export type KeyTable = ReadonlyMap<string, KeyData>;
export type KeyList = readonly KeyData[];
/** A date or time is its text behind "date:", because no version does more with it than compare it. */
export type KeyScalar = string | number | bigint | boolean | null;

/** Keys of tables and indices of lists, from the root. */
export type KeyPath = readonly (string | number)[];

/** Nested deeper, a file is refused: nothing generated comes near, and recursion stays far from the stack's end. */
export const DEPTH_MAX = 100;

export function isTable(data: KeyData | undefined): data is KeyTable {
  return data instanceof Map;
}

export function isList(data: KeyData | undefined): data is KeyList {
  return Array.isArray(data);
}

/** Equal in what they say: the order of keys is layout, the order of a list is not. */
export function sameData(a: KeyData | undefined, b: KeyData | undefined): boolean {
  if (isTable(a)) {
    if (!isTable(b) || a.size !== b.size) return false;
    return [...a].every(([key, value]) => b.has(key) && sameData(value, b.get(key)));
  }
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => sameData(item, b[index]));
  return Object.is(a, b);
}

/** The value at the path; undefined: there is none. */
export function dataAt(data: KeyData | undefined, path: KeyPath): KeyData | undefined {
  let at = data;
  for (const step of path) {
    if (typeof step === "string") at = isTable(at) ? at.get(step) : undefined;
    else at = isList(at) ? at[step] : undefined;
  }
  return at;
}

/** Equal for equal data only, whatever the order of keys: what lists are matched by. */
export function fingerprintOf(data: KeyData): string {
  if (isTable(data)) {
    const pairs = [...data].map(([key, value]) => `${JSON.stringify(key)}:${fingerprintOf(value)}`);
    return `{${pairs.sort().join()}}`;
  }
  if (isList(data)) return `[${data.map(fingerprintOf).join()}]`;
  if (typeof data === "bigint") return `${data}n`;
  if (typeof data === "number") return Object.is(data, -0) ? "-0" : String(data);
  return JSON.stringify(data);
}
