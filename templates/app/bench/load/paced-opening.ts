/**
 * Opens many connections without flooding the server: so many a second at most, and so many under way at once at most,
 * because what is not yet accepted waits in a queue of the kernel that overflows (listen(2), the backlog).
 */

export interface Pace {
  /** Infinity: as fast as they open. */
  readonly perS: number;
  /** Stops opening. */
  readonly signal: AbortSignal;
}

/** Below every backlog there is: the smallest usual one is 128 (SOMAXCONN before Linux 5.4). */
const PENDING_MAX = 64;

/** `open` resolves when its connection is open or has failed. Resolves when all have, or when the signal ends it. */
export function openPaced(
  count: number,
  { perS, signal }: Pace,
  open: (index: number) => Promise<void>,
): Promise<void> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    let started = 0;
    let settled = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;

    function pump(): void {
      clearTimeout(timer);
      while (!signal.aborted && started < count && started - settled < PENDING_MAX) {
        const dueMs = startMs + (started * 1000) / perS - performance.now();
        if (dueMs > 0) {
          timer = setTimeout(pump, Math.ceil(dueMs));
          return;
        }
        started += 1;
        void open(started - 1).then(settle);
      }
      if (signal.aborted || settled === count) resolve();
    }

    function settle(): void {
      settled += 1;
      pump();
    }

    signal.addEventListener("abort", pump, { once: true });
    pump();
  });
}
