/**
 * Writes finished lines to a file descriptor that other threads write too, without losing the process to it.
 *
 * Idea: a pipe takes writes of up to 4096 bytes whole, longer ones may be torn by another thread's; so to anything but
 * a regular file, lines go out in pieces of at most that size, cut between lines. A line longer than that goes alone.
 * A descriptor that cannot take more (EAGAIN) keeps the rest for later; any other failure (a closed pipe, a full
 * disk) costs these lines, which are counted, and never throws.
 */
import { fstatSync, writeSync } from "node:fs";

/** PIPE_BUF on Linux; POSIX promises 512, macOS gives 512 for pipes and more in practice (pipe(7), write(2)). */
const PIECE_BYTES_MAX = 4096;
/** Signals may interrupt a write; without a bound a storm of them would keep the thread here. */
const INTERRUPTS_MAX = 100;
const NEWLINE = 10;

export interface SinkResult {
  /** Bytes written; fewer than asked for when the descriptor is full. */
  readonly written: number;
  /** Lines that a failure cost; their bytes count as written. */
  readonly lost: number;
}

export type Sink = (bytes: Uint8Array, start: number, end: number) => SinkResult;

export function fileSink(fd: number): Sink {
  const pieceBytesMax = isRegularFile(fd) ? Number.MAX_SAFE_INTEGER : PIECE_BYTES_MAX;
  return (bytes, start, end) => {
    let at = start;
    let interrupts = 0;
    while (at < end) {
      try {
        const written = writeSync(fd, bytes, at, pieceEnd(bytes, at, end, pieceBytesMax) - at);
        if (written === 0) break;
        at += written;
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (code === "EINTR" && interrupts < INTERRUPTS_MAX) interrupts += 1;
        else if (code === "EAGAIN" || code === "EINTR") break;
        else return { written: end - start, lost: countLines(bytes, at, end) };
      }
    }
    return { written: at - start, lost: 0 };
  };
}

/** Says why the process ends. What the descriptor does not take is lost: nobody is left to write it. */
export function sayLast(text: string): void {
  const bytes = new TextEncoder().encode(text);
  fileSink(2)(bytes, 0, bytes.length);
}

export function countLines(bytes: Uint8Array, start: number, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** End of the next piece: after the last newline within the bound, else after the first one beyond it. */
function pieceEnd(bytes: Uint8Array, start: number, end: number, pieceBytesMax: number): number {
  if (end - start <= pieceBytesMax) return end;
  const last = bytes.lastIndexOf(NEWLINE, start + pieceBytesMax - 1);
  if (last >= start) return last + 1;
  const first = bytes.indexOf(NEWLINE, start);
  return first === -1 || first >= end ? end : first + 1;
}

function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    // The descriptor may be closed or hidden from this thread; small pieces are always right.
    return false;
  }
}
