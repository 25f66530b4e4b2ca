/**
 * The Range field (RFC 9110, section 14): which bytes a client asks for, made into few parts in ascending order.
 *
 * Ranges that overlap, or lie closer together than the head of a part is long, are sent as one. So no set of ranges
 * makes an answer larger than the file with one head per part, which is what an attack with many overlapping ranges
 * (CVE-2011-3192) lived on.
 */

/** Bytes [start, end) of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** "all": there is no Range, or one that is to be ignored. "none": no range of it lies within the file. */
export type RangeChoice = readonly ByteRange[] | "all" | "none";

/** Ranges in one field, above which it is ignored: Apache httpd's default of MaxRanges. */
export const RANGES_MAX = 200;

/** About the size of a part's head in a multipart answer: parts closer than this are cheaper sent as one. */
const PART_HEAD_BYTES = 128;

const RANGE = /^(?:(\d+)-(\d*)|-(\d+))$/;

/** A field that is malformed in any part is ignored as a whole: it may mean anything. */
export function chooseRanges(field: string | null, sizeBytes: number): RangeChoice {
  if (field === null) return "all";
  const equals = field.indexOf("=");
  if (equals < 0 || field.slice(0, equals).toLowerCase() !== "bytes") return "all";
  const ranges: ByteRange[] = [];
  // One more than allowed, so that a longer list is seen without splitting all of it.
  const texts = field.slice(equals + 1).split(",", RANGES_MAX + 1);
  if (texts.length > RANGES_MAX) return "all";
  let given = 0;
  for (const text of texts) {
    const written = trimmed(text);
    // An empty element of a list counts as absent (RFC 9110, section 5.6.1.2).
    if (written === "") continue;
    const range = parseRange(written, sizeBytes);
    if (range === undefined) return "all";
    given += 1;
    if (range.start < range.end) ranges.push(range);
  }
  if (given === 0) return "all";
  return ranges.length === 0 ? "none" : coalesced(ranges);
}

/** undefined: malformed. Empty: not within the file. */
function parseRange(text: string, sizeBytes: number): ByteRange | undefined {
  const match = RANGE.exec(text);
  if (!match) return undefined;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) return { start: Math.max(0, sizeBytes - Number(suffix)), end: sizeBytes };
  const start = Number(first);
  if (last === "" || last === undefined) return { start, end: sizeBytes };
  if (isLess(last, first as string)) return undefined;
  return { start, end: Math.min(Number(last) + 1, sizeBytes) };
}

/** Compares digits as text where they are too many for a number to tell apart. */
function isLess(one: string, other: string): boolean {
  const [left, right] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
  return left.length === right.length ? left < right : left.length < right.length;
}

/** Optional white space is spaces and tabs only. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

function coalesced(ranges: ByteRange[]): readonly ByteRange[] {
  ranges.sort((one, other) => one.start - other.start);
  const parts: ByteRange[] = [];
  for (const range of ranges) {
    const previous = parts.at(-1);
    if (previous && range.start <= previous.end + PART_HEAD_BYTES) {
      parts[parts.length - 1] = { start: previous.start, end: Math.max(previous.end, range.end) };
    } else {
      parts.push(range);
    }
  }
  return parts;
}
