/**
 * The blocks that a soak keeps: a bounded number for each phase and moment.
 *
 * Idea: blocks of load and of rest come in turn, so that a single series from which every second one is dropped would soon
 * hold those of one moment only, and what is judged at rest would not be judged any more. Each phase and moment is a
 * series of its own, and remains spread evenly over its time.
 */
import type { Block } from "./blocks.ts";
import { Thinned } from "./thinned.ts";

/** 1024 segments of a minute are 17 hours; all pairs of so many blocks are compared within a second. */
const BLOCKS_MAX = 1024;

export class KeptBlocks {
  readonly #blocksMax: number;
  readonly #series = new Map<string, Thinned<Block>>();

  /** @param blocksMax of one phase and moment */
  constructor(blocksMax: number = BLOCKS_MAX) {
    this.#blocksMax = blocksMax;
  }

  add(block: Block): void {
    const key = `${block.phase}/${block.moment}`;
    const series = this.#series.get(key) ?? new Thinned<Block>(this.#blocksMax);
    this.#series.set(key, series);
    series.add(block);
  }

  /** In the order of time. */
  get blocks(): readonly Block[] {
    return [...this.#series.values()].flatMap(({ rows }) => rows).sort((a, b) => a.seconds - b.seconds);
  }
}
