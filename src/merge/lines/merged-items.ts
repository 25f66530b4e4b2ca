/**
 * A list of distinct items merged: what the generator dropped goes, what it added stands after the item that it follows
 * there, and the user's own items and their order stay.
 */

export interface Item {
  readonly key: string;
}

export function mergedItems<T extends Item>(base: readonly T[], mine: readonly T[], next: readonly T[]): readonly T[] {
  const before = keysOf(base);
  const wanted = keysOf(next);
  const present = keysOf(mine);
  const isSorted = next.every(({ key }, index) => index === 0 || (next[index - 1]?.key ?? "") < key);
  const result = mine.filter(({ key }) => wanted.has(key) || !before.has(key));
  for (const [index, item] of next.entries()) {
    if (before.has(item.key) || present.has(item.key)) continue;
    const earlier = keysOf(next.slice(0, index));
    let place = result.findLastIndex(({ key }) => earlier.has(key)) + 1;
    // A comment has no place in the alphabet.
    const isOwnAndEarlier = (other: T | undefined): boolean =>
      other !== undefined && !wanted.has(other.key) && !other.key.startsWith("//") && other.key < item.key;
    while (isSorted && isOwnAndEarlier(result[place])) place += 1;
    result.splice(place, 0, item);
  }
  return result;
}

function keysOf(items: readonly Item[]): ReadonlySet<string> {
  return new Set(items.map(({ key }) => key));
}
