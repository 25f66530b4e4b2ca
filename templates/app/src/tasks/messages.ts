/** What workers, the pool and its threads say to each other: plain data, copied between threads. */

/** Worker to pool. */
export type ToPool =
  | {
      readonly type: "run";
      /** Of the worker's own counting. */
      readonly id: number;
      readonly name: string;
      readonly input: unknown;
      /** Buffers within the input that are handed over instead of being copied. */
      readonly transfer: readonly ArrayBuffer[];
    }
  /** Nobody waits for the result any more. */
  | { readonly type: "cancel"; readonly id: number };

/** How a task ended. */
export type TaskOutcome =
  | { readonly type: "done"; readonly value: unknown; readonly transfer: readonly ArrayBuffer[] }
  | { readonly type: "failed"; readonly error: TaskError }
  /** The pool's own refusals. */
  | { readonly type: "full" }
  | { readonly type: "late" };

/** An error as it crosses threads; with a status it was an HttpError, which a client is told. */
export interface TaskError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

/** Pool to worker. */
export type FromPool = TaskOutcome & { readonly id: number };

/** Pool to thread: a task, or the question whether the thread's event loop turns. */
export type ToThread =
  | {
      readonly type: "run";
      readonly name: string;
      readonly input: unknown;
    }
  | { readonly type: "ping" };

/** Thread to pool. */
export type FromThread = Extract<TaskOutcome, { type: "done" | "failed" }> | { readonly type: "pong" };
