/** The body of a task thread: one task at a time, each answered with its result or its error. */
import { HttpError } from "../http/http-error.ts";
import type { Transferable } from "../runtime/port.ts";
import type { FromThread, TaskError, ToThread } from "./messages.ts";
import type { TaskTable } from "./task-table.ts";
import { Transferred } from "./transferred.ts";

/** The part of a worker's global scope that both runtimes share. */
interface ThreadScope {
  onmessage: ((event: { readonly data: ToThread }) => void) | null;
  postMessage(message: FromThread, transfer: readonly Transferable[]): void;
}

export function serveTasks(tasks: TaskTable): void {
  const scope = globalThis as unknown as ThreadScope;
  const table = new Map(Object.entries(tasks) as [string, (input: unknown) => unknown][]);

  async function run(name: string, input: unknown): Promise<void> {
    try {
      const task = table.get(name);
      if (!task) throw new TypeError(`there is no task "${name}"; there are ${[...table.keys()].join(", ")}`);
      const result = await task(input);
      const { value, buffers: transfer } = result instanceof Transferred ? result : { value: result, buffers: [] };
      // Throws for what cannot be copied: a function, say.
      scope.postMessage({ type: "done", value, transfer }, transfer);
    } catch (error) {
      scope.postMessage({ type: "failed", error: taskError(error) }, []);
    }
  }

  scope.onmessage = ({ data }) => {
    if (data.type === "ping") scope.postMessage({ type: "pong" }, []);
    else void run(data.name, data.input);
  };
}

function taskError(error: unknown): TaskError {
  const nothing = { stack: undefined, status: undefined, code: undefined, headers: undefined };
  if (!(error instanceof Error)) return { ...nothing, name: "Error", message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof HttpError)) return { ...nothing, name, message, stack };
  return { name, message, stack, status: error.status, code: error.code, headers: error.headers };
}
