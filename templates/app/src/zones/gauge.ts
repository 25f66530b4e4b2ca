/**
 * A gauge with a limit that holds exactly across all workers.
 *
 * Idea: one shared total decides: add, look, and take back what went over, so the limit is never exceeded. Two workers
 * that ask for the last place in the same instant may both be refused; neither is ever admitted above the limit.
 * Beside the total stands each worker's own share, so that what a dead worker held can be given back.
 */
export class Gauge {
  /** [0] the total, [1 + worker] each worker's share. */
  readonly #cells: Int32Array;
  readonly #worker: number;
  readonly #max: number;

  constructor(cells: Int32Array, worker: number, max: number) {
    this.#cells = cells;
    this.#worker = worker;
    // The cells are 32-bit: a limit above that is no limit that a process could reach.
    this.#max = Math.min(max, 2 ** 31 - 1);
  }

  /** Takes `amount` if the limit allows; false: refused. */
  acquire(amount: number): boolean {
    if (Atomics.add(this.#cells, 0, amount) + amount > this.#max) {
      Atomics.sub(this.#cells, 0, amount);
      return false;
    }
    Atomics.add(this.#cells, 1 + this.#worker, amount);
    return true;
  }

  release(amount: number): void {
    Atomics.sub(this.#cells, 0, amount);
    Atomics.sub(this.#cells, 1 + this.#worker, amount);
  }

  get total(): number {
    return Atomics.load(this.#cells, 0);
  }

  /** Gives back what a dead worker held. Call only when its thread has ended. */
  reclaim(): void {
    const held = Atomics.exchange(this.#cells, 1 + this.#worker, 0);
    if (held !== 0) Atomics.sub(this.#cells, 0, held);
  }
}

/** 32-bit cells of one gauge. */
export function gaugeLength(workers: number): number {
  return 1 + workers;
}
