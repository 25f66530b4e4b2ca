/**
 * One monotonic time for all threads, in microseconds.
 *
 * Idea: each thread's performance.now() is monotonic but counts from its own start, and Date.now() is common but jumps
 * when the clock is set. So the control plane keeps telling the difference between the two of its own, and a worker that
 * starts takes its own difference at that moment: what is left is the control plane's monotonic time. A clock that
 * is set later changes nothing for threads that run. Threads agree to microseconds, on a busy machine to a millisecond.
 */

/** Date.now() counts whole milliseconds: over two of them a sample comes right behind a change. */
const SAMPLE_MS = 2;
/** A single sample is up to 1 ms too low; both clocks are slewed alike, so only a set clock makes more of a difference. */
const TOLERANCE_MS = 2;

/** The control plane's side: writes the difference, and again when the clock was set. */
export function publishClock(cell: Float64Array): () => void {
  cell[0] = differenceMs();
  return () => {
    const sample = Date.now() - performance.now();
    if (Math.abs(sample - (cell[0] as number)) > TOLERANCE_MS) cell[0] = differenceMs();
  };
}

/** A thread's side: tells the common time of a reading of its own performance.now(). */
export function sharedClock(cell: Float64Array): (ownMs: number) => number {
  const offsetMs = differenceMs() - (cell[0] as number);
  return (ownMs) => Math.floor((ownMs + offsetMs) * 1000);
}

/** Between the common time and this thread's own. */
function differenceMs(): number {
  const endMs = performance.now() + SAMPLE_MS;
  let largest = Number.NEGATIVE_INFINITY;
  // The common time is read first: what comes between makes a sample too low, never too high.
  do largest = Math.max(largest, Date.now() - performance.now());
  while (performance.now() < endMs);
  return largest;
}
