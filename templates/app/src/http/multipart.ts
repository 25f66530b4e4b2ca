/**
 * multipart/form-data (RFC 7578, in the framing of RFC 2046, section 5.1): the fields and files of a form, out of a body
 * that is in memory.
 *
 * Idea: parts are views into the body, nothing is copied. A delimiter begins with CR, which no boundary has in it, so a
 * search that fails goes on behind what it has compared: each byte is looked at twice at most, whatever a client sends.
 * Bound: PARTS_MAX parts, HEAD_BYTES_MAX for the head of each; the body has its own.
 * Rule: strict. What two readers could take for two things is refused, because a filter in front reads it, too.
 */
import { HttpError } from "./http-error.ts";
import { malformedForm } from "./malformed-form.ts";
import { type PartHead, parsePartHead } from "./multipart-head.ts";

/** Parts of one body: what Go's mime/multipart and Werkzeug allow, and Django of fields. */
export const PARTS_MAX = 1000;
/** Bytes of one part's head: eight times what Tomcat allows (maxPartHeaderSize), a quarter of what busboy does. */
export const HEAD_BYTES_MAX = 4096;

/** A field or a file of a form. */
export class Part implements PartHead {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  /** A view into the body. */
  readonly bytes: Uint8Array;

  constructor({ name, filename, contentType }: PartHead, bytes: Uint8Array) {
    this.name = name;
    this.filename = filename;
    this.contentType = contentType;
    this.bytes = bytes;
  }

  /** The content as UTF-8; malformed bytes become U+FFFD. */
  text(): string {
    return decoder.decode(this.bytes);
  }
}

// A byte order mark is content here, as in the runtimes' own formData().
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const CR = 13;
const LF = 10;
const DASH = 45;
const SPACE = 32;
const TAB = 9;

/**
 * @param boundary as boundaryOf gives it
 * @throws HttpError 400 where the body is malformed, 413 for more parts than PARTS_MAX
 */
export function parseParts(body: Uint8Array, boundary: string): readonly Part[] {
  const delimiter = Uint8Array.from(`\r\n--${boundary}`, (char) => char.charCodeAt(0));
  const parts: Part[] = [];
  // The first delimiter may begin the body; what stands before it is nobody's (RFC 2046, section 5.1.1).
  let at = startsWith(body, delimiter, 2) ? delimiter.length - 2 : skipPast(body, delimiter, 0);
  for (;;) {
    const next = lineAfter(body, at);
    if (next === END) return parts;
    if (parts.length === PARTS_MAX) {
      throw new HttpError(413, "MULTIPART_TOO_MANY_PARTS", `The form has more than ${PARTS_MAX} parts.`);
    }
    const headEnd = endOfHead(body, next);
    const head = parsePartHead(body.subarray(next, headEnd));
    // From the end of the delimiter's own line on: a head in which another one stands is none. The blank line's CRLF may
    // begin the next: a part without content.
    const end = find(body, delimiter, next - 2);
    if (end < 0) throw malformedForm("its last delimiter is missing");
    if (end < headEnd - 2) throw malformedForm("a delimiter stands in the head of a part");
    parts.push(new Part(head, body.subarray(headEnd, Math.max(headEnd, end))));
    at = end + delimiter.length;
  }
}

const END = -1;

/** Where the part behind a delimiter begins; END: it was the last delimiter. */
function lineAfter(body: Uint8Array, at: number): number {
  const isLast = body[at] === DASH && body[at + 1] === DASH;
  let next = isLast ? at + 2 : at;
  // Padding that a mail relay may have added.
  while (body[next] === SPACE || body[next] === TAB) next += 1;
  if (isLast && next === body.length) return END;
  if (body[next] !== CR || body[next + 1] !== LF) throw malformedForm("a delimiter goes on with something else");
  return isLast ? END : next + 2;
}

/** Behind the blank line that ends a part's head. */
function endOfHead(body: Uint8Array, from: number): number {
  // No field at all would be a part without a name; the head's parser says so.
  if (body[from] === CR && body[from + 1] === LF) return from + 2;
  const end = Math.min(body.length, from + HEAD_BYTES_MAX);
  for (let at = from; at + 3 < end; at += 1) {
    if (body[at] === CR && body[at + 1] === LF && body[at + 2] === CR && body[at + 3] === LF) return at + 4;
  }
  if (end === body.length) throw malformedForm("the head of a part does not end");
  throw new HttpError(400, "MULTIPART_HEAD_TOO_LONG", `The head of a part is longer than ${HEAD_BYTES_MAX} bytes.`);
}

function skipPast(body: Uint8Array, delimiter: Uint8Array, from: number): number {
  const at = find(body, delimiter, from);
  if (at < 0) throw malformedForm("its boundary does not occur");
  return at + delimiter.length;
}

function startsWith(body: Uint8Array, delimiter: Uint8Array, from: number): boolean {
  for (let at = from; at < delimiter.length; at += 1) if (body[at - from] !== delimiter[at]) return false;
  return true;
}

/** Bytes that are looked at one by one before the runtime's own search is called, which costs as much as these. */
const NEAR_BYTES = 32;

/** Where the delimiter begins, or -1. */
function find(body: Uint8Array, delimiter: Uint8Array, from: number): number {
  const last = body.length - delimiter.length;
  let at = from;
  let passed = 0;
  while (at <= last) {
    if (body[at] === CR) {
      let same = 1;
      while (same < delimiter.length && body[at + same] === delimiter[same]) same += 1;
      if (same === delimiter.length) return at;
      // The delimiter's CR is its only one: nothing of what was the same can begin another.
      at += same;
      passed = 0;
    } else if (passed < NEAR_BYTES) {
      at += 1;
      passed += 1;
    } else {
      at = body.indexOf(CR, at);
      if (at < 0) return -1;
      passed = 0;
    }
  }
  return -1;
}
