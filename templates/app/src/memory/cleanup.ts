/** Cleanup hooks: run in reverse order, each once; one that fails does not stop the others. */

export type Hook = () => void;

/**
 * Runs and removes the hooks from `first` on, the last one first.
 * @throws what the only hook threw that failed, or an AggregateError of what several threw; never with `report`
 */
export function runHooks(hooks: Hook[], first: number, report: ((error: unknown) => void) | undefined): void {
  const failures: unknown[] = [];
  const failed = report ?? ((error: unknown) => failures.push(error));
  for (let hook = hooks.pop(); hook; hook = hooks.length > first ? hooks.pop() : undefined) {
    try {
      const result: unknown = hook();
      // An asynchronous hook runs on; that it fails later must not end the thread.
      if (result instanceof Promise) result.catch((error: unknown) => report?.(error));
    } catch (error) {
      failed(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} cleanup hooks failed`);
}
