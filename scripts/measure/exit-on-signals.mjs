/** Ctrl-C and SIGTERM end a measuring program as its own end would: what it has to put back or to stop hangs on "exit". */
import { constants } from "node:os";

export function exitOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM"]) {
    // A shell says 128 and the signal's number.
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
