/** Signals. SIGTERM and SIGINT: the first one drains, the second one ends the process at once. */
import process from "node:process";

const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
export type StopSignal = keyof typeof numbers;

/** Exit status of a process that a signal ended, as shells count it. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + numbers[signal];
}

/** `drain` is called once; `exit` is called when a second signal comes before it is done. */
export function onStopSignals(drain: (signal: StopSignal) => void, exit: (code: number) => void): void {
  let draining = false;
  for (const signal of Object.keys(numbers) as StopSignal[]) {
    process.on(signal, () => {
      if (draining) {
        exit(exitCodeOf(signal));
        return;
      }
      draining = true;
      drain(signal);
    });
  }
}

/** SIGHUP asks for a reload. Windows sends it when a console closes, where it must keep its meaning. */
export function onReloadSignal(reload: () => void): void {
  if (process.platform !== "win32") process.on("SIGHUP", reload);
}

/** SIGUSR2 asks for new workers, as nginx takes it for a new program. Windows has no such signal. */
export function onRollSignal(roll: () => void): void {
  if (process.platform !== "win32") process.on("SIGUSR2", roll);
}
