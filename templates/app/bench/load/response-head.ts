/**
 * Heads of HTTP/1.1 responses: status, whether the connection stays, and how the body ends.
 *
 * Idea: nearly all heads are plain (one Content-Length, or "chunked") but no two are equal, since dates and request ids
 * change. So `HeadScan` walks their bytes once and makes no string; what it finds unusual goes to `readHead`, which knows all.
 */

/** The peer does not speak HTTP/1.1 as this reader knows it; the connection is of no further use. */
export class ResponseError extends Error {}

export type Framing = number | "chunked" | "until-close";

export interface Head {
  readonly status: number;
  readonly keepAlive: boolean;
  readonly framing: Framing;
}

const LINE_END = "\r\n";
const CR = 13;
const LF = 10;
const SPACE = 32;
const COLON = 58;
const ZERO = 48;
/** Sets the bit that tells small ASCII letters from capitals. */
const SMALL = 0x20;

const VERSION = bytesOf("HTTP/1.1 ");
const LENGTH = bytesOf("content-length:");
const CODING = bytesOf("transfer-encoding:");
const CHUNKED = bytesOf("chunked\r\n");
const CONNECTION = bytesOf("connection:");
const LETTER_C = 99;
const LETTER_T = 116;

/** Above it a length is not read as a number, but as what it says. */
const LENGTH_DIGITS_MAX = 15;

/** One for each parser, so that a scan allocates nothing: its results stand in its fields. */
export class HeadScan {
  status = 0;
  /** Of the body; -1: chunked. */
  lengthBytes = 0;
  /** Where the body begins. */
  end = 0;

  /**
   * Reads from `start` on; what stands at `end` and after it is of an earlier input. "plain": the fields hold. "cut": the
   * input ends within the head. "unusual": for `readHead`.
   */
  read(input: Uint8Array, start: number, end: number): "plain" | "cut" | "unusual" {
    const lines = start + VERSION.length + "200 ".length;
    if (lines > end) return "cut";
    if (!startsWith(input, start, VERSION)) return "unusual";
    this.status = digits(input, start + VERSION.length, 3);
    // No body, whatever the other fields say, or not the final answer.
    if (!(this.status >= 200) || this.status === 204 || this.status === 304) return "unusual";
    if (input[lines - 1] !== SPACE && input[lines - 1] !== CR) return "unusual";
    let length = -2;
    for (let at = lineAfter(input, lines - 1, end); at !== 0; at = lineAfter(input, at, end)) {
      if (at + 1 >= end) return "cut";
      const first = input[at] ?? 0;
      if (first === CR && input[at + 1] === LF) {
        if (length === -2) return "unusual";
        this.lengthBytes = length;
        this.end = at + LINE_END.length;
        return "plain";
      }
      const letter = first | SMALL;
      if (letter !== LETTER_C && letter !== LETTER_T) continue;
      if (startsWith(input, at, LENGTH) && length === -2) length = lengthAt(input, at + LENGTH.length);
      else if (startsWith(input, at, CODING) && length === -2) length = codingAt(input, at + CODING.length);
      else if (startsWith(input, at, LENGTH) || startsWith(input, at, CODING)) return "unusual";
      else if (startsWith(input, at, CONNECTION)) return "unusual";
      if (length === -3) return "unusual";
    }
    return "cut";
  }
}

/** Where the line after this place begins; 0: the input ends before. */
function lineAfter(input: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) if (input[at] === LF) return at + 1;
  return 0;
}

/** The number in a whole line; -3: it is none, or its end is not there. */
function lengthAt(input: Uint8Array, start: number): number {
  let at = input[start] === SPACE ? start + 1 : start;
  let number = 0;
  const first = at;
  for (; at - first < LENGTH_DIGITS_MAX; at += 1) {
    const digit = (input[at] ?? COLON) - ZERO;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return at > first && input[at] === CR ? number : -3;
}

function codingAt(input: Uint8Array, start: number): number {
  return startsWith(input, input[start] === SPACE ? start + 1 : start, CHUNKED) ? -1 : -3;
}

function digits(input: Uint8Array, start: number, count: number): number {
  let number = 0;
  for (let at = start; at < start + count; at += 1) {
    const digit = (input[at] ?? COLON) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** `name` is in small letters; of the input, capitals are equal to them. */
function startsWith(input: Uint8Array, at: number, name: Uint8Array): boolean {
  if (at + name.length > input.length) return false;
  for (let index = 0; index < name.length; index += 1) {
    const wanted = name[index] ?? 0;
    const given = input[at + index] ?? 0;
    if (given !== wanted && (given | SMALL) !== wanted) return false;
  }
  return true;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `head`: everything before the empty line, without it. */
export function readHead(head: string): Head {
  const [, version, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |\r\n|$)/.exec(head) ?? [];
  if (code === undefined) throw new ResponseError(`not a status line: ${JSON.stringify(head.slice(0, 40))}`);
  const status = Number(code);
  const words = valuesOf(head, "connection")
    .join(",")
    .toLowerCase()
    .split(/[\s,]+/);
  const keepAlive = version === "1" ? !words.includes("close") : words.includes("keep-alive");
  return { status, keepAlive, framing: framingOf(status, head) };
}

function framingOf(status: number, head: string): Framing {
  if (status < 200 || status === 204 || status === 304) return 0;
  const codings = valuesOf(head, "transfer-encoding");
  if (codings.length > 0) {
    if (codings.join(",").toLowerCase() === "chunked") return "chunked";
    throw new ResponseError(`Transfer-Encoding ${codings.join(", ")} is not read here`);
  }
  const lengths = new Set(valuesOf(head, "content-length"));
  if (lengths.size === 0) return "until-close";
  const [length = ""] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) {
    throw new ResponseError(`Content-Length is ${[...lengths].join(" and ")}`);
  }
  return Number(length);
}

function valuesOf(head: string, name: string): readonly string[] {
  return head
    .split(LINE_END)
    .slice(1)
    .filter((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`)
    .map((line) => line.slice(name.length + 1).trim());
}
