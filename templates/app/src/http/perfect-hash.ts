/**
 * Perfect hash over a fixed set of strings: one probe and one comparison find a string or prove its absence.
 *
 * Idea: hash and displace (Belazzougui, Botelho, Dietzfelbinger 2009). A first hash sends each key to a small bucket;
 * every bucket, largest first, gets a displacement that moves all its keys to free slots. The hash reads only a few
 * character positions that tell the keys apart, as gperf does, or the whole string when no few positions do.
 * The lookup works on a range of a longer string, so a path is found inside its URL without being cut out.
 * Bounds: the table has at most 4 slots per key; a set for which no displacement is found is refused (undefined),
 * and the caller falls back to a Map.
 */
export interface PerfectHash {
  /** Index of the key that equals text[start, end), or -1. */
  find(text: string, start: number, end: number): number;
}

/** Positions that the hash may read: beyond a handful, reading the whole string costs as much. */
const POSITIONS_MAX = 6;
/** Tries per bucket; the expected number is below 10 at this load (at most half full). */
const DISPLACEMENTS_MAX = 4096;
/** Seeds until the 32-bit hashes of all keys differ; for 10,000 keys one in a hundred seeds fails. */
const SEEDS_MAX = 16;

export function buildPerfectHash(keys: readonly string[]): PerfectHash | undefined {
  if (new Set(keys).size !== keys.length) throw new RangeError("the keys of a perfect hash must differ");
  const positions = distinguishingPositions(keys);
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const hashes = keys.map((key) => hashRange(key, 0, key.length, positions, seed));
    if (new Set(hashes).size !== keys.length) continue;
    const table = displace(hashes);
    const hash = table && lookup(keys, positions, seed, table);
    if (hash && keys.every((key, index) => hash.find(key, 0, key.length) === index)) return hash;
  }
  return undefined;
}

interface Table {
  /** Per bucket, the displacement. */
  readonly displacements: Uint32Array;
  /** Per slot, the key's index plus one; 0: empty. */
  readonly slots: Uint32Array;
}

function lookup(
  keys: readonly string[],
  positions: readonly number[] | undefined,
  seed: number,
  { displacements, slots }: Table,
): PerfectHash {
  return {
    find(text, start, end) {
      const hash = hashRange(text, start, end, positions, seed);
      const displacement = displacements[hash & (displacements.length - 1)] as number;
      const index = (slots[slotOf(hash, displacement, slots.length)] as number) - 1;
      if (index < 0) return -1;
      const key = keys[index] as string;
      return key.length === end - start && text.startsWith(key, start) ? index : -1;
    },
  };
}

/** Greedy choice of positions at which all keys of one length differ; undefined when a handful is not enough. */
function distinguishingPositions(keys: readonly string[]): readonly number[] | undefined {
  const longest = Math.max(0, ...keys.map((key) => key.length));
  const chosen: number[] = [];
  let signatures = keys.map((key) => String(key.length));
  while (new Set(signatures).size < keys.length) {
    if (chosen.length === POSITIONS_MAX) return undefined;
    let best = { distinct: 0, position: -1, next: signatures };
    for (let position = 0; position < longest; position += 1) {
      const next = signatures.map((signature, index) => `${signature},${charAt(keys[index] as string, position)}`);
      const distinct = new Set(next).size;
      if (distinct > best.distinct) best = { distinct, position, next };
    }
    chosen.push(best.position);
    signatures = best.next;
  }
  return chosen;
}

function charAt(key: string, position: number): number {
  return position < key.length ? key.charCodeAt(position) : 0;
}

function hashRange(
  text: string,
  start: number,
  end: number,
  positions: readonly number[] | undefined,
  seed: number,
): number {
  const length = end - start;
  // FNV-1a's prime and offset basis; the seed and the length go in first.
  let hash = Math.imul(0x811c9dc5 ^ seed ^ (length << 8), 0x01000193);
  if (positions === undefined) {
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  } else {
    for (const position of positions) {
      hash = Math.imul(hash ^ (position < length ? text.charCodeAt(start + position) : 0), 0x01000193);
    }
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The finaliser of MurmurHash3 over hash and displacement: every displacement gives an independent slot. */
function slotOf(hash: number, displacement: number, slots: number): number {
  let mixed = Math.imul(hash ^ Math.imul(displacement, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) & (slots - 1);
}

function displace(hashes: readonly number[]): Table | undefined {
  const slots = new Uint32Array(powerOfTwoAbove(Math.max(2, hashes.length * 2)));
  const displacements = new Uint32Array(powerOfTwoAbove(Math.max(1, hashes.length / 4)));
  const buckets = Array.from(displacements, (): number[] => []);
  hashes.forEach((hash, index) => {
    buckets[hash & (displacements.length - 1)]?.push(index);
  });
  const largestFirst = [...buckets.entries()].sort(([, a], [, b]) => b.length - a.length);
  for (const [bucket, indexes] of largestFirst) {
    const displacement = freeDisplacement(indexes, hashes, slots);
    if (displacement === undefined) return undefined;
    displacements[bucket] = displacement;
    for (const index of indexes) slots[slotOf(hashes[index] as number, displacement, slots.length)] = index + 1;
  }
  return { displacements, slots };
}

function freeDisplacement(
  indexes: readonly number[],
  hashes: readonly number[],
  slots: Uint32Array,
): number | undefined {
  for (let displacement = 0; displacement < DISPLACEMENTS_MAX; displacement += 1) {
    const wanted = indexes.map((index) => slotOf(hashes[index] as number, displacement, slots.length));
    if (new Set(wanted).size === wanted.length && wanted.every((slot) => slots[slot] === 0)) return displacement;
  }
  return undefined;
}

function powerOfTwoAbove(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}
