/** A worker's side of the pool: sends tasks, and settles each one's promise when its outcome comes. */
import { HttpError } from "../http/http-error.ts";
import type { ThreadPort } from "../runtime/port.ts";
import type { FromPool, TaskError, TaskOutcome, ToPool } from "./messages.ts";
import type { TaskInput, TaskOutput, TaskTable } from "./task-table.ts";

export interface TaskOptions {
  /** Buffers within the input that are handed over instead of being copied; they are empty here afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
  /** `context.signal`: a task whose client has left does not wait for a thread. */
  readonly signal?: AbortSignal;
}

/** A task without an input is called by its name alone. */
type Args<Input> = undefined extends Input
  ? [input?: Input, options?: TaskOptions]
  : [input: Input, options?: TaskOptions];

export type RunTask<Table extends TaskTable> = <Name extends keyof Table & string>(
  name: Name,
  ...args: Args<TaskInput<Table, Name>>
) => Promise<TaskOutput<Table, Name>>;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class TaskClient {
  readonly #port: ThreadPort;
  /** Bounded by the pool: beyond its threads and its queue it refuses at once. */
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(port: ThreadPort) {
    this.#port = port;
    port.onmessage = (event) => this.#settle(event.data as FromPool);
  }

  run<Output>(name: string, input: unknown, options: TaskOptions = {}): Promise<Output> {
    const { transfer = [], signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#lastId += 1;
    const id = this.#lastId;
    const result = new Promise<unknown>((resolve, reject) => {
      // Throws for what cannot be copied, and so rejects.
      this.#send({ type: "run", id, name, input, transfer }, transfer);
      this.#waiting.set(id, { resolve, reject });
    });
    return (signal ? this.#cancellable(id, result, signal) : result) as Promise<Output>;
  }

  /** What still waits never settles: the worker is ending, and its requests are answered or cut. */
  close(): void {
    this.#port.close();
    this.#waiting.clear();
  }

  #cancellable(id: number, result: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
    const cancel = () => {
      const waiting = this.#waiting.get(id);
      if (!waiting) return;
      this.#waiting.delete(id);
      this.#send({ type: "cancel", id }, []);
      waiting.reject(signal.reason);
    };
    signal.addEventListener("abort", cancel, { once: true });
    return result.finally(() => signal.removeEventListener("abort", cancel));
  }

  #send(message: ToPool, transfer: readonly ArrayBuffer[]): void {
    this.#port.postMessage(message, transfer);
  }

  #settle({ id, ...outcome }: FromPool): void {
    const waiting = this.#waiting.get(id);
    // Cancelled meanwhile.
    if (!waiting) return;
    this.#waiting.delete(id);
    if (outcome.type === "done") waiting.resolve(outcome.value);
    else waiting.reject(errorOf(outcome));
  }
}

function errorOf(outcome: Exclude<TaskOutcome, { type: "done" }>): Error {
  if (outcome.type === "failed") return revived(outcome.error);
  const retry = { "retry-after": "1" };
  if (outcome.type === "full")
    return new HttpError(503, "TASKS_FULL", "The server has more work than it can do.", retry);
  return new HttpError(503, "TASK_TIMEOUT", "The work took longer than the server allows.", retry);
}

function revived({ name, message, stack, status, code, headers }: TaskError): Error {
  const error = status === undefined ? new Error(message) : new HttpError(status, code ?? "", message, headers);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** One per thread: workers are threads, and each has one pool to ask. */
let current: TaskClient | undefined;

export function useClient(client: TaskClient | undefined): void {
  current = client;
}

/** @throws Error that tells the operator why there are no tasks */
export function currentClient(): TaskClient {
  if (!current) throw new Error("tasks.threads = 0: there is no thread for a task; set it to 1 or more");
  return current;
}
