/**
 * A run of a handler that no client waits for. Its reply is read to the end, because the cache keeps it on the way; and it
 * has an end: no client's patience and no deadline of the pipeline would ever give its place in flight back.
 */
import type { Context } from "../../http/context.ts";
import { HttpError } from "../../http/http-error.ts";
import type { Reply } from "../../http/route.ts";

/** @param limitMs of the run and its body; 0: no bound. Late, the context's signal ends both, and the promise rejects. */
export function runBehind(context: Context, run: () => Reply | Promise<Reply>, limitMs: number): Promise<void> {
  const work = later(run).then((reply) => (reply instanceof Response ? drained(reply, context) : undefined));
  if (limitMs === 0) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new HttpError(503, "HANDLER_TIMEOUT", "The handler took too long to make the reply anew.");
      context.abort(error);
      reject(error);
    }, limitMs);
    const inTime = () => clearTimeout(timer);
    work.finally(inTime).then(resolve, reject);
  });
}

/** In a later turn of the event loop: the stale answer goes first. */
function later<T>(work: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, 0)).then(work);
}

/** Reads a body that nobody else will: it is stored on the way. */
async function drained({ body }: Response, { signal }: Context): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const cancel = () => {
    reader.cancel().catch(() => undefined);
  };
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  while (!(await reader.read()).done) {
    // Passed over: what is wanted of it is kept already.
  }
}
