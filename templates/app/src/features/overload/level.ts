/**
 * How far a worker goes to protect itself, from signs of overload: the level.
 *
 * Idea: while any sign stands above its mark, each probe raises the level by one, so that a milder action gets its chance
 * before the next; only where the process's end is near (`atOnce`) it goes to the last one. A step back needs every sign that can hold the level to stay well below its mark for a
 * while, and each further step needs that again: a load that returns with the level finds it raised at once, but the level cannot
 * fall and rise faster than that.
 */

/** 0: none. 1: connections are closed after their answer. 2: low priority is shed. 3: all but critical is shed. */
export type Level = 0 | 1 | 2 | 3;

export interface Sign {
  readonly name: "lag" | "in_flight" | "memory" | "heap";
  /** Above this value the sign raises the level. */
  readonly mark: number;
  /** Share of the mark below which the sign is calm. */
  readonly calmShare: number;
  /** The highest level that this sign raises to. */
  readonly most: Level;
  /** Above this value it raises to that level at once: what lies beyond does not wait for milder actions. */
  readonly atOnce?: number;
}

export class OverloadLevel {
  level: Level = 0;
  readonly #signs: readonly Sign[];
  readonly #holdMs: number;
  /** Since when every sign that counts has been calm; undefined: they are not. */
  #calmSinceMs: number | undefined;

  constructor(signs: readonly Sign[], holdMs: number) {
    this.#signs = signs;
    this.#holdMs = holdMs;
  }

  /** Takes one reading of all signs, in their order. @returns the level from now on */
  step(values: readonly number[], nowMs: number): Level {
    const wanted = Math.max(0, ...this.#signs.map((sign, index) => (isAbove(sign, values[index]) ? sign.most : 0)));
    if (this.level < wanted) {
      this.#calmSinceMs = undefined;
      return this.#set(Math.max(this.level + 1, ...this.#signs.map((sign, index) => leastLevel(sign, values[index]))));
    }
    if (this.level === 0) return 0;
    // A sign that could not have raised to this level does not hold it either.
    const isCalm = this.#signs.every((sign, index) => sign.most < this.level || isBelow(sign, values[index]));
    if (!isCalm) {
      this.#calmSinceMs = undefined;
      return this.level;
    }
    this.#calmSinceMs ??= nowMs;
    if (nowMs - this.#calmSinceMs < this.#holdMs) return this.level;
    this.#calmSinceMs = nowMs;
    return this.#set(this.level - 1);
  }

  #set(level: number): Level {
    this.level = level as Level;
    return this.level;
  }
}

function isAbove(sign: Sign, value = 0): boolean {
  return value > sign.mark;
}

function leastLevel({ atOnce = Number.POSITIVE_INFINITY, most }: Sign, value = 0): Level {
  return value > atOnce ? most : 0;
}

function isBelow(sign: Sign, value = 0): boolean {
  return value < sign.mark * sign.calmShare;
}
