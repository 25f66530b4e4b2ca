/** Chooses an arena's class once: the plain one, or the one that finds misuse. */
import { Arena, type ArenaOptions } from "./arena.ts";
import { DebugArena } from "./debug-arena.ts";

/** The settings that decide how memory is kept. */
export interface MemoryMode {
  readonly debug: boolean;
  readonly zero_on_release: boolean;
}

export function createArena(mode: MemoryMode, capacityBytes: number, options: ArenaOptions = {}): Arena {
  const chosen = { zero: mode.zero_on_release, ...options };
  return mode.debug ? new DebugArena(capacityBytes, chosen) : new Arena(capacityBytes, chosen);
}
