/**
 * The hops that proxies wrote into a request's X-Forwarded-For or Forwarded (RFC 7239) fields, the nearest first.
 *
 * Idea: each proxy appends, so only the right end is trustworthy. Both readers go from right to left and stop where they
 * are told to: whatever a client wrote further left, an open quote above all, is never parsed and cannot
 * hide what stands to its right. Several fields of the name arrive joined by commas, which is what they mean.
 */
import { parseAddress } from "./ip-address.ts";

/** Reads one hop after the other. */
export interface Hops {
  /** Writes the next hop's address; "none": no hops are left; "unknown": it is hidden, or malformed. */
  next(words: Int32Array): "address" | "none" | "unknown";
}

/** Characters of one hop: twelve times the longest address, for a proxy's further parameters. */
const HOP_CHARS_MAX = 512;
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const EQUALS = 61;
const SEMICOLON = 59;

/** X-Forwarded-For: addresses separated by commas; some proxies add ports. */
export class ForwardedForHops implements Hops {
  readonly #field: string;
  #end: number;

  constructor(field: string) {
    this.#field = field;
    this.#end = field.length;
  }

  next(words: Int32Array): "address" | "none" | "unknown" {
    // Empty members of a list are no members (RFC 9110, 5.6.1).
    for (let skipped = 0; this.#end > 0 && skipped < HOP_CHARS_MAX; skipped += 1) {
      const start = this.#field.lastIndexOf(",", this.#end - 1) + 1;
      const length = this.#end - start;
      const hop = length > HOP_CHARS_MAX ? "?" : trimmed(this.#field, start, this.#end);
      this.#end = start - 1;
      if (hop !== "") return parseNode(hop, words, true) ? "address" : "unknown";
    }
    return this.#end > 0 ? "unknown" : "none";
  }
}

/** Forwarded: elements separated by commas, each a list of pairs such as `for="[2001:db8::1]:4711";proto=https`. */
export class ForwardedHops implements Hops {
  readonly #field: string;
  /** Everything from here on has been read. */
  #at: number;
  #malformed = false;

  constructor(field: string) {
    this.#field = field;
    this.#at = field.length;
  }

  next(words: Int32Array): "address" | "none" | "unknown" {
    if (this.#malformed) return "unknown";
    const least = Math.max(0, this.#at - HOP_CHARS_MAX);
    let node: string | undefined;
    let pairs = 0;
    for (;;) {
      this.#spaces();
      const before = this.#code();
      if (this.#at === 0 || before === COMMA) {
        if (pairs > 0) break;
        if (this.#at === 0) return "none";
        this.#at -= 1;
      } else if (before === SEMICOLON) this.#at -= 1;
      else {
        const value = this.#value();
        const name = value === undefined ? "" : this.#name();
        // A parameter must not occur twice in one element (RFC 7239, section 4).
        if (name === "" || this.#at < least || (name === "for" && node !== undefined)) return this.#fail();
        if (name === "for") node = value;
        pairs += 1;
      }
      if (this.#at < least) return this.#fail();
    }
    // The comma before the element, where there is one.
    this.#at = Math.max(0, this.#at - 1);
    return node !== undefined && parseNode(node, words, false) ? "address" : "unknown";
  }

  /** What stands further left cannot be told apart any more. */
  #fail(): "unknown" {
    this.#malformed = true;
    return "unknown";
  }

  #code(): number {
    return this.#field.charCodeAt(this.#at - 1);
  }

  #spaces(): void {
    while (this.#at > 0 && isSpace(this.#code())) this.#at -= 1;
  }

  /** The value that ends here, and its equals sign; undefined: malformed. */
  #value(): string | undefined {
    const value = this.#code() === QUOTE ? this.#quoted() : this.#token(isNodeCharacter);
    if (value === undefined || this.#code() !== EQUALS) return undefined;
    this.#at -= 1;
    return value;
  }

  #name(): string {
    return this.#token(isTokenCharacter).toLowerCase();
  }

  #token(accepts: (code: number) => boolean): string {
    const end = this.#at;
    while (this.#at > 0 && accepts(this.#code())) this.#at -= 1;
    return this.#field.slice(this.#at, end);
  }

  /** A quote inside is escaped, so the nearest one to the left without a backslash is the opening one. */
  #quoted(): string | undefined {
    const end = this.#at - 1;
    const least = Math.max(0, end - HOP_CHARS_MAX);
    for (let at = end - 1; at >= least; at -= 1) {
      if (this.#field.charCodeAt(at) !== QUOTE || this.#field.charCodeAt(at - 1) === BACKSLASH) continue;
      this.#at = at;
      return this.#field.slice(at + 1, end).replace(/\\(.)/g, "$1");
    }
    return undefined;
  }
}

/**
 * Writes a node's address: `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711`, and where
 * `bareIpv6` is usual, `2001:db8::1`. Anything else, such as `unknown` and `_hidden`, is no address.
 */
function parseNode(node: string, words: Int32Array, bareIpv6: boolean): boolean {
  if (node.startsWith("[")) {
    const close = node.indexOf("]");
    const address = node.slice(1, close);
    return close > 0 && address.includes(":") && isPort(node.slice(close + 1)) && parseAddress(address, words);
  }
  const colon = node.indexOf(":");
  if (colon >= 0 && colon === node.lastIndexOf(":")) {
    return isPort(node.slice(colon)) && parseAddress(node.slice(0, colon), words);
  }
  return (bareIpv6 || colon < 0) && parseAddress(node, words);
}

/** Nothing, or a colon with a number or an obfuscated port (RFC 7239, section 6.2). */
function isPort(text: string): boolean {
  return text === "" || /^:(\d{1,5}|_[\w.-]{1,64})$/.test(text);
}

function trimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** RFC 9110, 5.6.2. */
function isTokenCharacter(code: number): boolean {
  return TOKEN.test(String.fromCharCode(code));
}

/** Many proxies leave out the quotes that colons and brackets ask for. */
function isNodeCharacter(code: number): boolean {
  return code === 58 || code === 91 || code === 93 || isTokenCharacter(code);
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]$/;
