/**
 * A file's body to node:http without a stream in between: read into one buffer, written, and read into again once the
 * socket has called back. A slow client holds one buffer, as with a stream, and nothing is allocated per piece.
 *
 * Source of the rule: node:stream's write callback comes when the chunk has been handled, and the contract tests of the sinks
 * show that it has been copied by then, on plain connections and over TLS.
 */
import type { ServerResponse } from "node:http";
import { expires } from "./deadline.ts";
import type { FileChunks } from "./file-chunks.ts";
import { CHUNK_BYTES, type FileReader } from "./file-reader.ts";

/** Ends the file however it goes. Rejects when the file is not what its head has said. */
export async function writeFile(
  file: FileReader,
  outgoing: ServerResponse,
  chunks: FileChunks,
  idleMs: number | undefined,
): Promise<void> {
  if (outgoing.req.method === "HEAD" || outgoing.destroyed) return file.end();
  const bytesMax = Number(outgoing.getHeader("content-length") ?? Number.POSITIVE_INFINITY);
  const chunk = chunks.take(Math.min(CHUNK_BYTES, bytesMax));
  let isOurs = true;
  let bytes = 0;
  try {
    while (!file.isDone) {
      const piece = await file.next(chunk);
      if (piece === undefined || outgoing.destroyed) break;
      bytes += piece.length;
      if (bytes > bytesMax) throw new RangeError("the file is longer than its Content-Length");
      isOurs = false;
      if (!(await isWritten(outgoing, piece, idleMs))) break;
      isOurs = true;
    }
    if (isOurs && !outgoing.destroyed && bytes < bytesMax && Number.isFinite(bytesMax)) {
      throw new RangeError("the file is shorter than its Content-Length");
    }
  } finally {
    file.end();
    if (isOurs) chunks.give(chunk);
    else chunks.abandon(chunk);
  }
}

/** Whether the socket has taken the piece; false: the connection ended first, and may still hold it. */
async function isWritten(outgoing: ServerResponse, piece: Uint8Array, idleMs: number | undefined): Promise<boolean> {
  let taken = false;
  const settled = new Promise<void>((resolve) => {
    const done = () => {
      outgoing.off("close", done);
      resolve();
    };
    outgoing.on("close", done);
    outgoing.write(piece, (error) => {
      taken = !error;
      done();
    });
  });
  // A reader that takes nothing would hold its connection and this buffer for ever.
  if (!idleMs) await settled;
  else if (await expires(settled, idleMs)) outgoing.destroy();
  return taken && !outgoing.destroyed;
}
