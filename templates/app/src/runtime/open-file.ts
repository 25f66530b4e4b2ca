/**
 * Files as bodies, by node:fs: read in chunks as the client takes them, so that a slow client holds one chunk, and
 * closed however the response ends.
 */
import { close, constants, fstat, open, read, type Stats } from "node:fs";
import { promisify } from "node:util";
import { type FileStamp, stampOf } from "./file-stamp.ts";
import type { FileSegment, OpenFile } from "./port.ts";

/** One read: larger ones cost memory per slow client, smaller ones a system call and a turn more often. */
const CHUNK_BYTES = 65_536;

/** A link put in a file's place is not followed; opening a pipe does not wait for its other end. */
export const OPEN_FLAGS: number = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const opens = promisify(open) as (path: string, flags: number) => Promise<number>;
const stats = promisify(fstat) as (fd: number) => Promise<Stats>;

export async function openFile(path: string): Promise<OpenFile | undefined> {
  let fd: number;
  try {
    fd = await opens(path, OPEN_FLAGS);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const found = await stats(fd);
    if (found.isFile()) {
      const stamp = stampOf(found);
      return { stamp, body: (segments) => streamFile(fd, stamp, segments), close: () => closeFile(fd) };
    }
  } catch (error) {
    closeFile(fd);
    throw error;
  }
  closeFile(fd);
  return undefined;
}

/** Gone, no file, a link, or not ours to read; anything else, such as too many open files, passes. */
const MISSING: ReadonlySet<unknown> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "EMLINK",
  "EACCES",
  "EPERM",
  "EISDIR",
  "ENXIO",
  "ENAMETOOLONG",
]);

/** Whether an error of the file system says that there is nothing to serve, as opposed to nothing at the moment. */
export function isMissing(error: unknown): boolean {
  return MISSING.has((error as { code?: unknown }).code) || (error as Error).name === "NotCapable";
}

/** Owns the descriptor from here on. */
export function streamFile(fd: number, stamp: FileStamp, segments: readonly FileSegment[]): ReadableStream<Uint8Array> {
  const left = [...segments];
  let at = 0;
  let ended = false;
  let reading: Promise<unknown> = Promise.resolve();
  const end = () => {
    if (ended) return;
    ended = true;
    // Not under a read: the number might be another file's by then.
    reading.then(
      () => closeFile(fd),
      () => closeFile(fd),
    );
  };
  const next = async (): Promise<Uint8Array | undefined> => {
    const segment = left[0];
    if (segment === undefined) return undefined;
    const isBytes = segment instanceof Uint8Array;
    const chunk = isBytes ? segment : await readChunk(fd, segment.start + at, segment.end);
    at += chunk.length;
    if (isBytes || segment.start + at >= segment.end) {
      left.shift();
      at = 0;
    }
    // Before the last chunk: a client that lacks it knows that it does not have the file.
    if (left.length === 0 && isRewritten(await stats(fd), stamp)) throw new Error("a file changed while it was sent");
    return chunk;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = next();
        reading = chunk;
        try {
          const bytes = await chunk;
          // A client that left meanwhile has cancelled the stream.
          if (bytes !== undefined && !ended) controller.enqueue(bytes);
        } catch (error) {
          end();
          throw error;
        }
        if (left.length > 0 || ended) return;
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

/** By content: a link or a permission that is added meanwhile, as backups do, must not end a download. */
function isRewritten({ size, mtimeMs }: Stats, { sizeBytes, modifiedMs }: FileStamp): boolean {
  return size !== sizeBytes || mtimeMs !== modifiedMs;
}

/** A chunk of its own each time: whoever takes it reads it later. */
function readChunk(fd: number, start: number, end: number): Promise<Uint8Array> {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - start));
  return new Promise((resolve, reject) => {
    read(fd, chunk, 0, chunk.length, start, (error, bytesRead) => {
      if (error) reject(error);
      else if (bytesRead === 0) reject(new Error("a file became shorter while it was sent"));
      else resolve(chunk.subarray(0, bytesRead));
    });
  });
}

/** Nothing depends on how closing ends. */
function closeFile(fd: number): void {
  close(fd, () => undefined);
}
