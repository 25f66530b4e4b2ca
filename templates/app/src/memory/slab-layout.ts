/** Where a slab's own books lie in its region: a head, a record per size class, a record per page, then the pages. */

export interface SlabShape {
  /** A power of two: the largest chunk. */
  readonly pageBytes: number;
  readonly pages: number;
  /** A power of two, at least 64: the smallest chunk. */
  readonly chunkBytesMin: number;
}

/** A region's counts are 32-bit cells. */
export const SLAB_BYTES_MAX = 2 ** 31 - 1;

/** Words (32-bit cells) of the slab's head, of a class's record and of a page's. */
export const HEAD_WORDS = 16;
export const CLASS_WORDS = 4;
export const PAGE_WORDS = 8;

/** Cells in front of the first page. */
export function slabHeadWords({ pageBytes, pages, chunkBytesMin }: SlabShape): number {
  const classes = Math.log2(pageBytes / chunkBytesMin) + 1;
  // Whole cache lines of 64 bytes, so that chunks begin on one.
  return Math.ceil((HEAD_WORDS + classes * CLASS_WORDS + pages * PAGE_WORDS) / 16) * 16;
}
