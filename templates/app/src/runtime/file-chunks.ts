/**
 * The buffers that files are read into: used again and again, or a new one for each file.
 *
 * Bound: one of CHUNK_BYTES per file being sent, and `memory.file_chunks_max` kept for the next ones.
 * Rule: a buffer is given back when the socket has called back for all that was written of it. After a broken connection
 * it is abandoned instead: a write may still be under way in the kernel's queue, and would send another file's bytes.
 */
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { CHUNK_BYTES } from "./file-reader.ts";

export interface FileChunks {
  /** A buffer for pieces of at most `bytes`, which are CHUNK_BYTES or less. */
  take(bytes: number): Uint8Array<ArrayBuffer>;
  give(chunk: Uint8Array<ArrayBuffer>): void;
  abandon(chunk: Uint8Array<ArrayBuffer>): void;
}

/** The collector takes these back. */
const freshChunks: FileChunks = {
  take: (bytes) => new Uint8Array(bytes),
  give: () => undefined,
  abandon: () => undefined,
};

/** @param memory undefined: nothing is kept */
export function fileChunks(memory: WorkerMemory | undefined): FileChunks {
  if (!memory?.settings.file_pool) return freshChunks;
  const pool = memory.pool("file", {
    max: memory.settings.file_chunks_max,
    bytesEach: CHUNK_BYTES,
    make: () => new Uint8Array(CHUNK_BYTES),
  });
  return {
    take: () => pool.take(),
    give: (chunk) => pool.give(chunk),
    abandon: (chunk) => pool.abandon(chunk),
  };
}
