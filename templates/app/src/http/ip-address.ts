/**
 * IP addresses as four 32-bit words, big-endian; IPv4 is its IPv4-mapped form, so that 192.0.2.1 and ::ffff:192.0.2.1,
 * which a listener on both families reports, are one address.
 *
 * Idea: parsing writes into words that the caller owns, because it runs for each limited request. Nothing but the
 * textual forms of RFC 4291 and dotted decimals is accepted: no octal, no shortened IPv4, no zone, no port.
 */

/** The third word of an IPv4-mapped address (RFC 4291, 2.5.5.2). */
export const MAPPED = 0xffff;

const GROUPS = 8;
const DOT = 46;
const COLON = 58;
const groups = new Uint16Array(GROUPS);

/** Writes the address into four words; false: it is none, and the words are undefined. */
export function parseAddress(text: string, words: Int32Array): boolean {
  const value = parseIpv4(text, 0);
  if (value < 0) return parseIpv6(text, words);
  words[0] = 0;
  words[1] = 0;
  words[2] = MAPPED;
  words[3] = value;
  return true;
}

/** The address in its canonical form: dotted decimals, or what RFC 5952 asks for. */
export function formatAddress(words: Int32Array): string {
  const [first = 0, second = 0, third = 0, fourth = 0] = words;
  if (first === 0 && second === 0 && third === MAPPED) {
    return `${fourth >>> 24}.${(fourth >>> 16) & 255}.${(fourth >>> 8) & 255}.${fourth & 255}`;
  }
  const parts = [...words].flatMap((word) => [word >>> 16, word & 0xffff]);
  const { start, length } = longestZeros(parts);
  const hex = (from: number, to: number) => parts.slice(from, to).map((part) => part.toString(16));
  if (length < 2) return hex(0, GROUPS).join(":");
  return `${hex(0, start).join(":")}::${hex(start + length, GROUPS).join(":")}`;
}

/** A connection's address may name the interface of a link-local one: fe80::1%eth0. */
export function withoutZone(text: string): string {
  const zone = text.indexOf("%");
  return zone < 0 ? text : text.slice(0, zone);
}

/** The value of the dotted decimals from here to the text's end; -1: they are none. */
function parseIpv4(text: string, from: number): number {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (part < 0 || dots === 3) return -1;
      value = value * 256 + part;
      part = -1;
      dots += 1;
      continue;
    }
    const digit = code - 48;
    // A leading zero reads as octal elsewhere: such an address means different things to different readers.
    if (digit < 0 || digit > 9 || part === 0) return -1;
    part = part < 0 ? digit : part * 10 + digit;
    if (part > 255) return -1;
  }
  return part < 0 || dots !== 3 ? -1 : value * 256 + part;
}

/** Longest: eight groups of four with dots at the end, 45 characters. */
const IPV6_CHARS_MAX = 45;

function parseIpv6(text: string, words: Int32Array): boolean {
  if (text.length > IPV6_CHARS_MAX) return false;
  let count = 0;
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    if (count === GROUPS) return false;
    const end = readGroup(text, at);
    if (text.charCodeAt(end) === DOT) {
      if (count > GROUPS - 2 || !writeIpv4(text, at, count)) return false;
      count += 2;
      break;
    }
    if (end === at || end - at > 4) return false;
    groups[count] = group;
    count += 1;
    if (end === text.length) break;
    if (text.charCodeAt(end) !== COLON) return false;
    at = end + 1;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return false;
      gap = count;
      at += 1;
    } else if (at === text.length) return false;
  }
  return spread(count, gap, words);
}

/** The value that `readGroup` read, modulo 2^32. */
let group = 0;

/** Reads hexadecimal digits. @returns where they end */
function readGroup(text: string, from: number): number {
  let at = from;
  group = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const letter = (code | 32) - 97;
    if (code >= 48 && code <= 57) group = (group << 4) | (code - 48);
    else if (letter >= 0 && letter <= 5) group = (group << 4) | (letter + 10);
    else break;
  }
  return at;
}

function writeIpv4(text: string, from: number, index: number): boolean {
  const value = parseIpv4(text, from);
  groups[index] = value >>> 16;
  groups[index + 1] = value & 0xffff;
  return value >= 0;
}

/** Moves the groups behind "::" to the end; a gap stands for one group at least. */
function spread(count: number, gap: number, words: Int32Array): boolean {
  if (gap < 0 ? count !== GROUPS : count === GROUPS) return false;
  if (gap >= 0) {
    groups.copyWithin(GROUPS - (count - gap), gap, count);
    groups.fill(0, gap, GROUPS - (count - gap));
  }
  for (let word = 0; word < 4; word += 1) {
    words[word] = ((groups[2 * word] as number) << 16) | (groups[2 * word + 1] as number);
  }
  return true;
}

/** The first of the longest runs of zero groups. */
function longestZeros(parts: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, part] of parts.entries()) {
    length = part === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
