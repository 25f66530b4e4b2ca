/** A file as a stream: read as the client takes it, so that a slow client holds one chunk, and closed however it ends. */
import { FileReader } from "./file-reader.ts";
import type { FileStamp } from "./file-stamp.ts";
import type { FileSegment } from "./port.ts";

/** Readers of streams that were made here. */
const readers = new WeakMap<ReadableStream<Uint8Array>, FileReader>();

/** Owns the descriptor from here on. */
export function streamFile(fd: number, stamp: FileStamp, segments: readonly FileSegment[]): ReadableStream<Uint8Array> {
  const file = new FileReader(fd, stamp, segments);
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          // A buffer of its own each time: whoever takes it reads it later.
          const piece = await file.next(new Uint8Array(file.nextBytesMax));
          // A client that left meanwhile has cancelled the stream.
          if (piece !== undefined && !file.isEnded) controller.enqueue(piece);
        } catch (error) {
          file.end();
          throw error;
        }
        if (!file.isDone || file.isEnded) return;
        file.end();
        controller.close();
      },
      cancel: () => file.end(),
    },
    { highWaterMark: 0 },
  );
  readers.set(stream, file);
  return stream;
}

/** The reader under a stream that nobody has begun to read; whoever takes it ends it. undefined: it is another stream. */
export function takeReader(stream: ReadableStream<unknown>): FileReader | undefined {
  const file = readers.get(stream as ReadableStream<Uint8Array>);
  if (file === undefined || stream.locked || file.hasBegun || file.isEnded) return undefined;
  readers.delete(stream as ReadableStream<Uint8Array>);
  return file;
}
