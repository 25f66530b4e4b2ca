/**
 * A lock in one cell of shared memory, holding its owner.
 *
 * Idea: what it guards takes microseconds, and an event loop must never sleep; so a thread tries for a bounded time and then
 * goes without, which a cache can always afford. The owner stands in the cell, so that the lock of a thread that died can
 * be recognised, and what it guarded be made whole.
 */

/** About 20 us of trying: longer than most changes take, far shorter than a time slice of a descheduled owner. */
const TRIES_MAX = 1000;

export function tryLock(cells: Int32Array, cell: number, owner: number): boolean {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (Atomics.load(cells, cell) === 0 && Atomics.compareExchange(cells, cell, 0, owner) === 0) return true;
  }
  return false;
}

/** Only the owner's own: a lock that was taken away from it stays as it is. */
export function unlock(cells: Int32Array, cell: number, owner: number): void {
  Atomics.compareExchange(cells, cell, owner, 0);
}
