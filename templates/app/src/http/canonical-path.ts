/**
 * Canonical paths: one spelling for all paths that mean the same, so that one table decides for every spelling.
 *
 * As in RFC 3986, section 6.2.2, and the URL standard: dot segments are resolved, also encoded ones; a backslash is a
 * slash; each segment is decoded and encoded again in one way, so "/%63af%c3%a9" and "/café" are "/caf%C3%A9". An encoded
 * slash stays encoded: it belongs to its segment. Slashes are never merged and case is never changed.
 */
import { HttpError } from "./http-error.ts";

/** What stands for itself in a path: unreserved characters, sub-delims, ":", "@" (RFC 3986, section 3.3), and "/". */
const PLAIN = new Uint8Array(128);
for (const character of "/-._~!$&'()*+,;=:@") PLAIN[character.charCodeAt(0)] = 1;
for (let code = 0; code < 128; code += 1) if (/[a-z\d]/i.test(String.fromCharCode(code))) PLAIN[code] = 1;

const SLASH = 47;
const DOT = 46;

/** Whether text[start, end) is certainly canonical; a segment that begins with a dot is looked at more closely. */
export function isCanonical(text: string, start: number, end: number): boolean {
  let previous = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127 || PLAIN[code] === 0 || (code === DOT && previous === SLASH)) return false;
    previous = code;
  }
  return true;
}

/** @param path begins with "/" @throws HttpError 400 when it is malformed */
export function canonicalPath(path: string): string {
  // No path has a fragment (RFC 9112, section 3.2); URL parsers would end the path there, and routers would not.
  if (path.includes("#")) throw malformed("The path has a number sign.");
  const kept: string[] = [];
  const segments = path.slice(1).replaceAll("\\", "/").split("/");
  const last = segments.length - 1;
  segments.forEach((raw, index) => {
    const segment = raw.includes("%") ? decoded(raw) : raw;
    if (segment === "." || segment === "..") {
      if (segment === "..") kept.pop();
      // "/a/.." is the folder "/", with its slash.
      if (index === last) kept.push("");
    } else {
      kept.push(encodedSegment(segment));
    }
  });
  return `/${kept.join("/")}`;
}

/** What a segment of a canonical path says. */
export function decodedSegment(segment: string): string {
  return segment.includes("%") ? decodeURIComponent(segment) : segment;
}

/** The rest of a wildcard: decoded, but for encoded slashes, which would otherwise look like the path's own. */
export function decodedRest(rest: string): string {
  if (!rest.includes("%")) return rest;
  return rest.split("%2F").map(decodeURIComponent).join("%2F");
}

/** `encodeURIComponent` leaves the unreserved characters and a few sub-delims; these are the others. */
const OVERENCODED = /%(?:24|26|2B|2C|3A|3B|3D|40)/g;

function encodedSegment(text: string): string {
  try {
    return encodeURIComponent(text).replace(OVERENCODED, decodeURIComponent);
  } catch {
    // Half of a surrogate pair.
    throw malformed("The path has a character that is none.");
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw malformed("The path has a malformed percent-encoding.");
  }
}

function malformed(detail: string): HttpError {
  return new HttpError(400, "PATH_NOT_DECODABLE", detail);
}
