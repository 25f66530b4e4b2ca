/**
 * Where a batch of log lines becomes bytes: an arena that each batch uses again, or a buffer of its own for each.
 *
 * Bound: `capacityBytes` for both, so that one loses no line that the other keeps; what does not fit waits as text.
 * Safe because writeSync has copied what it took when it returns (a contract test shows it for files and pipes).
 */
import { Arena } from "../memory/arena.ts";
import type { UseReading } from "../memory/memory-books.ts";

export interface LineBuffer {
  /** The bytes of the last `fill`, from 0 to `usedBytes`. */
  readonly bytes: Uint8Array;
  readonly usedBytes: number;
  readonly highBytes: number;
  /** Forgets what it holds and takes whole lines from `text`; a line that alone is larger goes in parts. Returns the rest. */
  fill(text: string): string;
  reading(): Omit<UseReading, "usedBytes">;
}

/** One arena for all batches: the text is encoded into memory that exists. */
export function arenaLines(capacityBytes: number): LineBuffer {
  const arena = new Arena(capacityBytes);
  let fills = 0;
  return {
    bytes: arena.bytes,
    get usedBytes() {
      return arena.usedBytes;
    },
    get highBytes() {
      return arena.highBytes;
    },
    fill(text) {
      fills += 1;
      arena.reset();
      let read = arena.append(text);
      const cut = read < text.length ? text.lastIndexOf("\n", read - 1) + 1 : 0;
      if (cut > 0) {
        arena.reset();
        read = arena.append(text.slice(0, cut));
      }
      return text.slice(read);
    },
    reading: () => ({
      heldBytes: capacityBytes,
      highBytes: arena.highBytes,
      taken: fills,
      missed: arena.spills,
    }),
  };
}

const NEWLINE = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nothing = new Uint8Array(0);

/** A buffer for each batch, which the collector takes back. */
export function freshLines(capacityBytes: number): LineBuffer {
  let bytes: Uint8Array = nothing;
  let highBytes = 0;
  let fills = 0;
  return {
    get bytes() {
      return bytes;
    },
    get usedBytes() {
      return bytes.length;
    },
    get highBytes() {
      return highBytes;
    },
    fill(text) {
      fills += 1;
      const whole = encoder.encode(text);
      const cut = whole.length <= capacityBytes ? whole.length : cutOf(whole, capacityBytes);
      bytes = whole.subarray(0, cut);
      highBytes = Math.max(highBytes, cut);
      return cut === whole.length ? "" : decoder.decode(whole.subarray(cut));
    },
    reading: () => ({ heldBytes: bytes.length, highBytes, taken: fills, missed: fills }),
  };
}

/** Where the lines end that fit; inside a line only where that alone is larger, and then between two characters. */
function cutOf(bytes: Uint8Array, bytesMax: number): number {
  const lines = bytes.lastIndexOf(NEWLINE, bytesMax - 1) + 1;
  if (lines > 0) return lines;
  let cut = bytesMax;
  // The bytes of a character after its first one are 10xxxxxx (RFC 3629, section 3).
  while (((bytes[cut] as number) & 0xc0) === 0x80) cut -= 1;
  return cut;
}
