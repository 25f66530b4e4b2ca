/** What the bench's routes answer: known to the cases as well, which check every answer by its length. */

export const CONSTANT_TEXT = "Hello, World!";

export const GREETING = { message: "Hello, World!" } as const;

/** 2 KiB of text that compresses as prose does. */
export const TEXT: string =
  `${"The quick brown fox jumps over the lazy dog. ".repeat(45)}Etc. etc. etc. etc. etc.`.slice(0, 2048);

const ROWS = 32;

/** An answer that takes some work to make, about 2 KiB: what a small query would give. */
export function listOf(id: string) {
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    row: 100 + row,
    name: `Item ${100 + row} of ${id}`,
    cents: 1000 + row * 7,
    tags: ["new", "sale"],
  }));
  return { id, rows };
}
