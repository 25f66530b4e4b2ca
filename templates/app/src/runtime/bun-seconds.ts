/** Bun's upper bound on idleTimeout, in seconds. */
const IDLE_S_MAX = 255;

/** Bun takes whole seconds; 0 would mean never, which no connection may have. */
export function wholeSeconds(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms / 1000), 1), IDLE_S_MAX);
}
