/** Ctrl-C: the first signal ends the work with what was measured, the second one ends everything at once. */
import process from "node:process";
import { exitCodeOf, onStopSignals, type StopSignal } from "../../src/control/signals.ts";

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The first signal that asked this process to end. */
  stoppedBy(): StopSignal | undefined;
}

/** By default they end a process without a word to its children (signal(7)): the terminal is gone, or Ctrl-\ was pressed. */
const endSignals = { SIGHUP: 1, SIGQUIT: 3 } as const;

/**
 * The servers end with this process whatever signal ends it, but for SIGKILL, which no process sees: then they live on.
 * Windows has its own use for the names of the signals that end at once.
 */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  let first: StopSignal | undefined;
  onStopSignals(
    (signal) => {
      first = signal;
      controller.abort();
    },
    (code) => process.exit(code),
  );
  if (process.platform !== "win32") {
    // As shells count it.
    for (const [name, number] of Object.entries(endSignals)) process.on(name, () => process.exit(128 + number));
  }
  return { signal: controller.signal, stoppedBy: () => first };
}

/** Exit status of a work that was interrupted; undefined: it was not. */
export function interruptedCode({ stoppedBy }: Interrupt): number | undefined {
  const signal = stoppedBy();
  return signal && exitCodeOf(signal);
}
