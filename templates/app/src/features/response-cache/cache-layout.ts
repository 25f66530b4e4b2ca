/**
 * Where everything lies in the cache's zone: a head, one line per reader, fill markers, then shards.
 *
 * Idea: the zone is cut into shards with a lock, an index and a slab each, so writers of different shards never meet and
 * a thread that dies in the middle of a change costs one shard's content. The layout depends on the settings alone:
 * every thread computes the same one, and zeroed memory is an empty cache.
 * Positions are in words (32-bit cells); a cache line is 16 of them.
 */
import type { ServerConfig } from "../../config/schema.ts";
import { SLAB_BYTES_MAX, type SlabShape, slabHeadWords } from "../../memory/slab-layout.ts";
import { workerRows } from "../../zones/shape.ts";

export const LINE_WORDS = 16;

/** Words of the zone's head. */
export const zoneHead = { state: 0, key0: 1, key1: 2, incarnations: 3, purges: 4, ids: 5 } as const;

/** Words of a reader's line: who it is (0: free), its worker, the chunk that it is reading. */
export const readerLine = { incarnation: 0, worker: 1, held: 2 } as const;

/** Words of a fill marker: who fills (0: nobody), for which key, until when. */
export const FILL_WORDS = 4;
export const fillCell = { owner: 0, tag: 1, deadline: 2 } as const;
/** Misses being filled at once that other workers know of; a collision costs one more fill. */
export const FILLS = 1024;

/** Words of a shard's head. Per class follow, from `classes` on: the clock's hand and evictions of this period. */
export const shardHead = { lock: 0, floor: LINE_WORDS, entries: 17, evictions: 18, moves: 19, pageHand: 20 } as const;
export const SHARD_CLASSES = 2 * LINE_WORDS;
export const SHARD_CLASS_WORDS = 2;
/** 2^6 B to 2^31 B are 26 doublings. */
const CLASSES_MAX = 32;
const SHARD_HEAD_WORDS = SHARD_CLASSES + SHARD_CLASS_WORDS * CLASSES_MAX;

/** Slots of one bucket; a slot is a tag and a chunk, so that a bucket is two cache lines. */
export const WAYS = 16;
export const SLOT_WORDS = 2;
export const BUCKET_WORDS = WAYS * SLOT_WORDS;

/** Smallest chunk: an entry's own head takes 96 bytes, a key and a head of reply about as much again. */
const CHUNK_BYTES_MIN = 256;
/** A page holds several of the small chunks even where replies are small. */
const PAGE_BYTES_MIN = 16_384;
/** Index slots: one per two of the smallest chunks. Replies smaller than that on average share slots by eviction. */
const SLOT_BYTES = 512;
/** A shard of fewer pages could not give each size class one. */
const SHARD_PAGES_MIN = 32;
/** Writers hold a lock for microseconds: more shards than this only scatter the pages. */
const SHARDS_MAX = 16;

export interface CacheLayout {
  readonly readers: number;
  readonly shards: number;
  readonly slab: SlabShape;
  readonly buckets: number;
  readonly readersAt: number;
  readonly fillsAt: number;
  readonly shardsAt: number;
  readonly shardWords: number;
  readonly entryBytesMax: number;
}

/** The largest SharedArrayBuffer that Bun 1.4.5 makes; chunks are known by the number of their first word, of 32 bits. */
const ZONE_BYTES_MAX = 2 ** 32;

/** undefined: the settings ask for no cache. @throws RangeError when they ask for one that could hold nothing */
export function cacheLayout(config: ServerConfig): CacheLayout | undefined {
  const { cache } = config;
  if (cache.zone_bytes === 0) return undefined;
  if (cache.zone_bytes > ZONE_BYTES_MAX) {
    throw new RangeError(
      `cache.zone_bytes = ${cache.zone_bytes} is above ${ZONE_BYTES_MAX}, the largest shared memory; lower it`,
    );
  }
  const pageBytes = Math.max(PAGE_BYTES_MIN, 2 ** Math.ceil(Math.log2(Math.max(cache.entry_bytes_max, 1))));
  // In each row a thread that died and is not recovered yet, and its successor; and the control plane.
  const readers = 2 * workerRows(config) + 1;
  const readersAt = LINE_WORDS;
  const fillsAt = readersAt + readers * LINE_WORDS;
  const shardsAt = fillsAt + FILLS * FILL_WORDS;
  const wordsLeft = Math.floor(cache.zone_bytes / 4) - shardsAt;
  const pagesLeft = Math.floor((wordsLeft * 4) / pageBytes);
  const shards = Math.min(
    SHARDS_MAX,
    Math.max(1, 2 ** Math.floor(Math.log2(Math.max(1, pagesLeft / SHARD_PAGES_MIN)))),
  );
  const shardBytes = Math.floor(wordsLeft / shards / LINE_WORDS) * LINE_WORDS * 4;
  const buckets = 2 ** Math.floor(Math.log2(Math.max(1, shardBytes / SLOT_BYTES / WAYS)));
  const shape = { pageBytes, chunkBytesMin: CHUNK_BYTES_MIN };
  const fixedWords = SHARD_HEAD_WORDS + buckets * BUCKET_WORDS;
  let pages = Math.floor(Math.min(shardBytes - fixedWords * 4, SLAB_BYTES_MAX) / pageBytes);
  while (pages > 0 && (fixedWords + slabHeadWords({ ...shape, pages })) * 4 + pages * pageBytes > shardBytes)
    pages -= 1;
  if (pages < 2 || cache.entry_bytes_max === 0) throw new RangeError(tooSmall(cache.zone_bytes, cache.entry_bytes_max));
  return {
    readers,
    shards,
    slab: { ...shape, pages },
    buckets,
    readersAt,
    fillsAt,
    shardsAt,
    shardWords: shardBytes / 4,
    entryBytesMax: cache.entry_bytes_max,
  };
}

/** Of a shard's begin: its index, and its slab behind it. */
export const INDEX_AT = SHARD_HEAD_WORDS;
export function slabAt(layout: CacheLayout): number {
  return INDEX_AT + layout.buckets * BUCKET_WORDS;
}

function tooSmall(zoneBytes: number, entryBytesMax: number): string {
  return (
    `cache.zone_bytes = ${zoneBytes} cannot hold two pages for replies of cache.entry_bytes_max = ${entryBytesMax}; ` +
    "raise the zone to eight times the entry or more, or lower the entry"
  );
}
