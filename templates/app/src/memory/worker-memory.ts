/**
 * The memory that one worker owns and uses again and again, as the configuration has it.
 *
 * Idea: whoever holds arenas or pools gets them here, so that each is in the books, is trimmed, follows the settings for
 * zeroing and debugging, and is asked for leaks when the worker has drained.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Arena, ArenaOptions } from "./arena.ts";
import { ArenaPool, type Report } from "./arena-pool.ts";
import { createArena } from "./create-arena.ts";
import { createPool } from "./create-pool.ts";
import { EncodeScratch, plainEncoding, type TextEncoding } from "./encode-scratch.ts";
import { MemoryBooks, type MemoryUse } from "./memory-books.ts";
import type { Leak, Pool, PoolOptions } from "./pool.ts";

export interface WorkerMemory {
  readonly settings: ServerConfig["memory"];
  readonly books: MemoryBooks;
  /** The requests' arenas. */
  readonly arenas: ArenaPool;
  /** Text as bytes, for sinks that copy at once. */
  readonly text: TextEncoding;
  /** An arena that lives as long as the worker, in the books of `use`. */
  arena(use: MemoryUse, capacityBytes: number, options?: ArenaOptions): Arena;
  /** A pool in the books of `use`, trimmed with the others. */
  pool<Item extends object>(use: MemoryUse, options: Omit<PoolOptions<Item>, "owner">): Pool<Item>;
  /** Called at each beat of the worker: trims when trim_ms are over. */
  beat(nowMs: number): void;
  /** What was taken and not given back; known in debug mode. */
  leaks(): readonly Leak[];
}

/** @param report told about failed hooks and, in debug mode, misuse that is found while a request ends */
export function createWorkerMemory(config: Pick<ServerConfig, "memory">, report: Report = rethrow): WorkerMemory {
  const settings = config.memory;
  const books = new MemoryBooks();
  const arenas = new ArenaPool(settings, books.fill, report);
  books.open("request_arena", () => arenas.reading);
  const pools: Pick<Pool<object>, "trim" | "leaks">[] = [arenas];
  let trimmedMs = performance.now();
  const arenaOf: WorkerMemory["arena"] = (use, capacityBytes, options) => {
    const arena = createArena(settings, capacityBytes, options);
    books.open(use, () => readingOf(arena));
    return arena;
  };
  const { encode_scratch, encode_bytes, zero_on_release } = settings;
  const hasScratch = encode_scratch && encode_bytes > 0;
  return {
    settings,
    books,
    arenas,
    text: hasScratch ? new EncodeScratch(arenaOf("encode", encode_bytes), zero_on_release) : plainEncoding,
    arena: arenaOf,
    pool(use, options) {
      const pool = createPool(settings, { ...options, owner: use });
      books.open(use, () => pool.reading);
      pools.push(pool);
      return pool;
    },
    beat(nowMs) {
      if (nowMs - trimmedMs < settings.trim_ms) return;
      trimmedMs = nowMs;
      for (const pool of pools) pool.trim();
    },
    leaks: () => pools.flatMap((pool) => pool.leaks),
  };
}

function readingOf(arena: Arena) {
  const { capacityBytes, usedBytes, spilledBytes, highBytes, resets, spills } = arena;
  return {
    heldBytes: capacityBytes + spilledBytes,
    usedBytes: usedBytes + spilledBytes,
    highBytes,
    taken: resets,
    missed: spills,
  };
}

/** Outside a server, as in tests of a unit, misuse ends what did it. */
function rethrow(error: unknown): never {
  throw error;
}
