/** Several ranges in one answer: multipart/byteranges (RFC 9110, section 14.6). */
import type { FileSegment } from "../../runtime/port.ts";
import type { ByteRange } from "./byte-ranges.ts";

export interface Multipart {
  readonly contentType: string;
  readonly segments: readonly FileSegment[];
  readonly bytes: number;
}

/** @param boundary must not occur in the file: random, as the file may be anybody's */
export function multipart(
  ranges: readonly ByteRange[],
  sizeBytes: number,
  contentType: string,
  boundary: string = crypto.randomUUID(),
): Multipart {
  const encoder = new TextEncoder();
  const segments = ranges.flatMap((range, index): FileSegment[] => {
    const start = index === 0 ? "" : "\r\n";
    const fields = `content-type: ${contentType}\r\ncontent-range: ${contentRange(range, sizeBytes)}\r\n`;
    return [encoder.encode(`${start}--${boundary}\r\n${fields}\r\n`), range];
  });
  segments.push(encoder.encode(`\r\n--${boundary}--\r\n`));
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    segments,
    bytes: segments.reduce((sum, segment) => sum + lengthOf(segment), 0),
  };
}

export function contentRange({ start, end }: ByteRange, sizeBytes: number): string {
  return `bytes ${start}-${end - 1}/${sizeBytes}`;
}

/** The segments in one piece, for a file that is in memory. */
export function joined(segments: readonly FileSegment[], content: Uint8Array): Uint8Array {
  const whole = new Uint8Array(segments.reduce((sum, segment) => sum + lengthOf(segment), 0));
  let at = 0;
  for (const segment of segments) {
    whole.set(segment instanceof Uint8Array ? segment : content.subarray(segment.start, segment.end), at);
    at += lengthOf(segment);
  }
  return whole;
}

function lengthOf(segment: FileSegment): number {
  return segment instanceof Uint8Array ? segment.length : segment.end - segment.start;
}
