/**
 * The metrics page as a response's body: the text itself, or its bytes by way of an arena.
 *
 * Idea: text that is encoded into memory that exists costs less than a buffer grown for it; but a body is read later, so
 * the bytes are copied out of the arena, exactly as many as there are. Both runtimes make responses of text faster than
 * of bytes, and the setting is off unless a measurement of this machine says otherwise.
 * Bound: the arena doubles up to PAGE_BYTES_MAX for a page that does not fit; a larger page goes out as text.
 */
import { Arena } from "../memory/arena.ts";
import type { UseReading } from "../memory/memory-books.ts";

/** The page of a server with a few workers, doubled. */
const PAGE_BYTES = 65_536;
/** 512 workers, each with some kilobytes of lines of its own. */
const PAGE_BYTES_MAX = 4_194_304;

export interface MetricsPage {
  body(text: string): string | Uint8Array<ArrayBuffer>;
  reading(): UseReading;
}

export function metricsPage(isArena: boolean): MetricsPage {
  return isArena ? arenaPage(PAGE_BYTES, PAGE_BYTES_MAX) : textPage();
}

function textPage(): MetricsPage {
  const none: UseReading = { heldBytes: 0, usedBytes: 0, highBytes: 0, taken: 0, missed: 0 };
  return { body: (text) => text, reading: () => none };
}

export function arenaPage(firstBytes: number, bytesMax: number): MetricsPage {
  let arena = new Arena(firstBytes);
  let taken = 0;
  let missed = 0;
  return {
    body(text) {
      taken += 1;
      for (;;) {
        arena.reset();
        if (arena.append(text) === text.length) return arena.bytes.slice(0, arena.usedBytes);
        missed += 1;
        if (arena.capacityBytes * 2 > bytesMax) return text;
        arena = new Arena(arena.capacityBytes * 2);
      }
    },
    // Nothing is in use between two pages: what a page takes ends with its copy.
    reading: () => ({ heldBytes: arena.capacityBytes, usedBytes: 0, highBytes: arena.highBytes, taken, missed }),
  };
}
