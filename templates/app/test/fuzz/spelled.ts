/**
 * Texts that are nearly what a parser expects: words of its own language, put together at random, with other characters
 * among them. Pure noise is refused at the first character and tests nothing behind it.
 */
import fc from "fast-check";

/** Every byte that a field value may hold: visible ASCII, space, tab, and what is above. */
const fieldByte = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 1, arbitrary: fc.constant(0x09) },
  { weight: 2, arbitrary: fc.integer({ min: 0x80, max: 0xff }) },
);

const fieldText = fc.array(fieldByte, { maxLength: 12 }).map((bytes) => String.fromCharCode(...bytes));

/** @param words what the parser knows; each may stand anywhere */
export function spelled(words: readonly string[], lengthMax = 12): fc.Arbitrary<string> {
  const word = fc.constantFrom(...words);
  const number = fc.oneof(fc.nat(300).map(String), fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String));
  const part = fc.oneof(
    { weight: 8, arbitrary: word },
    { weight: 2, arbitrary: number },
    { weight: 1, arbitrary: fieldText },
  );
  return fc.array(part, { maxLength: lengthMax }).map((parts) => parts.join(""));
}

/** Targets without white space: paths, queries and what is no path at all. */
export const anyTarget: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("/", "/", "/", "/", "", "//", "*", "http://localhost/", "http://", "/%"),
    spelled(
      [
        "users",
        "/",
        "..",
        ".",
        "%2e",
        "%2F",
        "%00",
        "%",
        "%zz",
        "?",
        "#",
        "=",
        "&",
        ";",
        "\\",
        "files/",
        "me",
        "index.html",
      ],
      16,
    ),
  )
  .map(([start, rest]) => `${start}${rest.replaceAll(/[\s\x80-\xff]/g, "")}` || "/");

const anyRange = spelled(["bytes=", "bytes", "=", "-", ",", " ", "0-", "-1", "0-0", "5-2", "items=", "9999-"], 20);
const anyAcceptEncoding = spelled(
  ["gzip", "br", "zstd", "identity", "*", ";q=", ";", ",", " ", "0", "1", "0.001", "2", "."],
  20,
);
const anyForwarded = spelled(
  [
    "for=",
    "by=",
    "proto=",
    '"',
    "[",
    "]",
    "::1",
    "127.0.0.1",
    ":80",
    "_hidden",
    "unknown",
    ",",
    ";",
    "\\",
    "::ffff:1.2.3.4",
  ],
  20,
);
const anyCookie = spelled(["a", "=", "; ", ";", '"', "session", "%", "\\", ",", "$Version", "__Host-x"], 20);
const anyDate = spelled(["Sat, 21 Nov 2026 06:00:00 GMT", "GMT", "Nov", " ", ":", "-", "1970", "99999"], 6);
const anyTag = spelled(['"', "W/", "*", ",", " ", "abc", '""'], 12);
const anyHost = spelled(["localhost", ":", "80", "/", "@", "?", "#", "[", "]", "::1", ".", ",", " ", "%", "\\"], 6);
const anyAuthorization = spelled(["Basic ", "Bearer ", "YTpi", "=", ":", " ", "basic", "Og=="], 6);
const anyOrigin = spelled(["https://", "example.org", "null", "*", ":", "443", "/", " "], 6);
const anyCacheControl = spelled(["no-cache", "no-store", "max-age=", "only-if-cached", ",", "=", '"', "0", "-1"], 10);

const fields: Readonly<Record<string, fc.Arbitrary<string>>> = {
  Range: anyRange,
  "If-Range": fc.oneof(anyDate, anyTag),
  "If-None-Match": anyTag,
  "If-Match": anyTag,
  "If-Modified-Since": anyDate,
  "If-Unmodified-Since": anyDate,
  "Accept-Encoding": anyAcceptEncoding,
  Forwarded: anyForwarded,
  "X-Forwarded-For": anyForwarded,
  Cookie: anyCookie,
  Authorization: anyAuthorization,
  Origin: anyOrigin,
  "Access-Control-Request-Method": spelled(["GET", "POST", ",", " ", "x"], 4),
  "Access-Control-Request-Headers": spelled(["x-a", ",", " ", "authorization", "*"], 8),
  "Cache-Control": anyCacheControl,
  "X-Request-Id": spelled(["a", "-", "0", " "], 20),
  "Content-Type": spelled(["application/json", "text/", ";", "charset=", '"', "utf-8"], 6),
  Upgrade: spelled(["websocket", "h2c", ",", " ", "/"], 4),
};

const anyField = fc
  .constantFrom(...Object.keys(fields))
  .chain((name) => (fields[name] as fc.Arbitrary<string>).map((value) => `${name}: ${value}`));

/** A request whose head ends where it should, and which has no body. */
export const anyHead: fc.Arbitrary<string> = fc
  .record({
    method: fc.constantFrom("GET", "GET", "GET", "OPTIONS", "DELETE"),
    target: fc.oneof(
      { weight: 2, arbitrary: anyTarget },
      { weight: 3, arbitrary: fc.constantFrom("/", "/notes.txt", "/text", "/url", "/client") },
    ),
    host: fc.oneof({ weight: 4, arbitrary: fc.constant("localhost") }, { weight: 1, arbitrary: anyHost }),
    lines: fc.array(anyField, { maxLength: 5 }),
  })
  .map(
    ({ method, target, host, lines }) =>
      `${[`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...lines].join("\r\n")}\r\n\r\n`,
  );
