/**
 * The arenas of one worker's requests: each request that wants one takes it at first use and gives it back when its
 * handler is done.
 *
 * Idea: handlers of one thread overlap only where they wait, so few arenas serve many requests, and the last one used is
 * still in the processor's caches. How full each was is counted, which is what memory.arena_bytes is tuned by.
 * Bound: `memory.arenas_max` are kept; `memory.arena_bytes` each, and `memory.arena_spill_bytes_max` beyond it while in use.
 * Source: nginx's request pool, h2o's memory pool per request.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Arena } from "./arena.ts";
import { createArena } from "./create-arena.ts";
import { createPool } from "./create-pool.ts";
import { DebugArena } from "./debug-arena.ts";
import { FILL_STEPS, type UseReading } from "./memory-books.ts";
import { MemoryError } from "./memory-error.ts";
import type { Leak, Pool } from "./pool.ts";

/** Told about what went wrong while memory was given back: nobody is there any more to throw to. */
export type Report = (error: unknown) => void;

/** The last step is for those that spilled. */
const FULL_STEPS = FILL_STEPS - 1;

export class ArenaPool {
  readonly #settings: ServerConfig["memory"];
  readonly #fill: Float64Array;
  readonly #report: Report;
  readonly #pool: Pool<Arena>;
  #spills = 0;

  constructor(settings: ServerConfig["memory"], fill: Float64Array, report: Report) {
    this.#settings = settings;
    this.#fill = fill;
    this.#report = report;
    this.#pool = createPool<Arena>(
      { ...settings, zero_on_release: false },
      {
        owner: "request_arena",
        max: settings.arenas_max,
        bytesEach: settings.arena_bytes,
        make: () => this.#make(),
        // Zeroes what was used, where zero_on_release says so.
        clear: (arena) => arena.reset(),
        bytesOf: (arena) => arena.bytes,
        retire: (arena) => {
          if (arena instanceof DebugArena) arena.close();
        },
      },
    );
  }

  #make(): Arena {
    const { arena_bytes, arena_spill_bytes_max } = this.#settings;
    return createArena(this.#settings, arena_bytes, { spillBytesMax: arena_spill_bytes_max, report: this.#report });
  }

  take(): Arena {
    return this.#pool.take();
  }

  /** Runs the hooks and frees what the request allocated. It never throws. */
  give(arena: Arena): void {
    this.#count(arena);
    try {
      this.#pool.give(arena);
    } catch (error) {
      this.#report(error);
    }
  }

  /** Runs the hooks and leaves the memory to the collector, because somebody may still read it. It never throws. */
  abandon(arena: Arena): void {
    this.#count(arena);
    try {
      try {
        arena.abandon();
      } finally {
        this.#pool.abandon(arena);
      }
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * For who asks when its request is over: an arena that no other request ever has, and that takes no hooks.
   * @throws MemoryError ARENA_LATE in debug mode
   */
  late(): Arena {
    if (this.#settings.debug) {
      throw new MemoryError(
        "ARENA_LATE",
        "context.arena was used when its request was answered: what outlives the handler takes memory of its own",
      );
    }
    const arena = this.#make();
    arena.abandon();
    return arena;
  }

  trim(): number {
    return this.#pool.trim();
  }

  #count({ capacityBytes, peakBytes, spillsNow }: Arena): void {
    const share = Math.floor((peakBytes / capacityBytes) * FULL_STEPS);
    const step = spillsNow > 0 ? FULL_STEPS : Math.min(FULL_STEPS - 1, share);
    this.#fill[step] = (this.#fill[step] ?? 0) + 1;
    this.#spills += spillsNow;
  }

  get leaks(): readonly Leak[] {
    return this.#pool.leaks;
  }

  get reading(): UseReading {
    const reading = this.#pool.reading;
    return { ...reading, missed: reading.missed + this.#spills };
  }
}
