/** Chooses a pool's class and what it does to given-back items once. */
import type { MemoryMode } from "./create-arena.ts";
import { DebugPool } from "./debug-pool.ts";
import { Pool, type PoolOptions } from "./pool.ts";

export function createPool<Item extends object>(mode: MemoryMode, options: PoolOptions<Item>): Pool<Item> {
  const bytesOf = options.bytesOf ?? ownBytes;
  const chosen = mode.zero_on_release ? { ...options, clear: zeroing(options.clear, bytesOf) } : options;
  return mode.debug ? new DebugPool({ ...chosen, bytesOf }) : new Pool(chosen);
}

function zeroing<Item>(
  clear: ((item: Item) => void) | undefined,
  bytesOf: (item: Item) => Uint8Array | undefined,
): (item: Item) => void {
  return (item) => {
    clear?.(item);
    bytesOf(item)?.fill(0);
  };
}

function ownBytes(item: object): Uint8Array | undefined {
  return item instanceof Uint8Array ? item : undefined;
}
