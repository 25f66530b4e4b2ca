/** Ctrl-C: the first signal ends the work with what was measured, the second one ends everything at once. */
import process from "node:process";
import { exitCodeOf, onStopSignals, type StopSignal } from "../../src/control/signals.ts";

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The first signal that asked this process to end. */
  stoppedBy(): StopSignal | undefined;
}

/** The servers end with this process, however that ends. */
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
  return { signal: controller.signal, stoppedBy: () => first };
}

/** Exit status of a work that was interrupted; undefined: it was not. */
export function interruptedCode({ stoppedBy }: Interrupt): number | undefined {
  const signal = stoppedBy();
  return signal && exitCodeOf(signal);
}
