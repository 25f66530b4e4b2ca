/** Writes a standard response to node:http, with backpressure, and with a length when the body is one chunk. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Never rejects: a client that goes away ends the body's stream, which is all that can be done. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  if (!response.body) {
    outgoing.end();
    return;
  }
  const reader = response.body.getReader() as unknown as Reader;
  try {
    await pump(reader, outgoing);
  } catch {
    // The head is sent, so an error can only be told by breaking the connection off.
    outgoing.destroy();
  }
}

type Chunk = { readonly done: true } | { readonly done: false; readonly value: Uint8Array };
/** The part of a stream's reader that both runtimes' types agree on. */
interface Reader {
  read(): Promise<Chunk>;
  cancel(): Promise<void>;
}

async function pump(reader: Reader, outgoing: ServerResponse): Promise<void> {
  const first = await reader.read();
  if (first.done) {
    outgoing.end();
    return;
  }
  let next = reader.read();
  // A body that is complete by now is sent with its length; one that is still being made goes out in chunks.
  const settled = await Promise.race([next, nextTurn()]);
  if (settled?.done) {
    outgoing.setHeader("content-length", first.value.byteLength);
    outgoing.end(first.value);
    return;
  }
  if (outgoing.req.method === "HEAD") {
    outgoing.end();
    await reader.cancel();
    return;
  }
  let chunk: Chunk = first;
  while (!chunk.done) {
    if (outgoing.destroyed) {
      await reader.cancel();
      return;
    }
    if (!outgoing.write(chunk.value)) await Promise.race([once(outgoing, "drain"), once(outgoing, "close")]);
    chunk = await next;
    if (!chunk.done) next = reader.read();
  }
  outgoing.end();
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}
