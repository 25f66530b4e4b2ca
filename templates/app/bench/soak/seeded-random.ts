/** Random choices that a seed repeats. */
import { mulberry32 } from "../alloc/trace.ts";

/** The golden ratio's bits: they keep the starts of the streams apart. */
const STREAM_STEP = 0x9e3779b9;

export class SeededRandom {
  readonly #next: () => number;

  /** `stream`: numbers of their own for each of many users of one seed. */
  constructor(seed: number, stream = 0) {
    this.#next = mulberry32((seed + Math.imul(stream, STREAM_STEP)) | 0);
  }

  /** From 0 to below 1. */
  share(): number {
    return this.#next();
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1));
  }

  /** A size: each doubling from `least` to `most` is as frequent as the next. */
  size(least: number, most: number): number {
    return Math.round(least * (most / least) ** this.share());
  }

  one<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(0, items.length - 1)];
    if (item === undefined) throw new RangeError("there is nothing to choose from");
    return item;
  }
}
