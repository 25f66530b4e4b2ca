/** The syntax of chunks (RFC 9112, section 7.1): each mistake has let somebody see a request where there was a body. */
import type { AttackCase } from "../attack-case.ts";
import { chunked, NEXT, post, SMUGGLED } from "../bytes.ts";
import { answered, declined, either, refused, served, servedLast, unfinished } from "../expect.ts";

/** Bodies that are no chunked coding; a whole request follows. */
const malformed: readonly (readonly [id: string, title: string, body: string])[] = [
  ["size-0x", "a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"],
  ["size-plus", "a size with a plus sign", "+5\r\nhello\r\n0\r\n\r\n"],
  ["size-minus", "a negative size", "-5\r\nhello\r\n0\r\n\r\n"],
  ["size-minus-zero", "a negative zero", "-0\r\n\r\n"],
  ["size-empty", "an empty size", "\r\nhello\r\n0\r\n\r\n"],
  ["size-letter", "a size that is no hexadecimal digit", "g\r\nhello\r\n0\r\n\r\n"],
  ["size-underscore", "an underscore between digits", "0_5\r\nhello\r\n0\r\n\r\n"],
  ["size-dot", "a fraction", "5.0\r\nhello\r\n0\r\n\r\n"],
  ["size-space-inside", "a space between digits", "0 5\r\nhello\r\n0\r\n\r\n"],
  ["size-comma", "a comma", "5,5\r\nhello\r\n0\r\n\r\n"],
  ["size-nul", "a NUL behind the size", "5\0\r\nhello\r\n0\r\n\r\n"],
  ["size-high", "a byte above 127 behind the size", "5\xff\r\nhello\r\n0\r\n\r\n"],
  ["size-2-64", "2^64 + 5 must not wrap around to 5", "10000000000000005\r\nhello\r\n0\r\n\r\n"],
  ["size-2-64-zero", "2^64 must not wrap around to the last chunk", "10000000000000000\r\n\r\n"],
  ["size-thousand", "a thousand digits", `${"f".repeat(1000)}\r\nhello\r\n0\r\n\r\n`],
  ["data-longer", "more data than the size says", "5\r\nhelloXX\r\n0\r\n\r\n"],
  ["data-longer-looks-right", "two more bytes than the size says, in place of the CRLF", "5\r\nhello110\r\n\r\n"],
  ["data-shorter", "less data than the size says", "6\r\nhello\r\n0\r\n\r\n"],
  ["no-crlf-after-data", "no CRLF behind the data", "5\r\nhello0\r\n\r\n"],
  ["lf-after-data", "a bare LF behind the data", "5\r\nhello\n0\r\n\r\n"],
  ["cr-after-data", "a bare CR behind the data", "5\r\nhello\r0\r\n\r\n"],
  ["lf-after-size", "a bare LF behind the size", "5\nhello\r\n0\r\n\r\n"],
  ["cr-after-size", "a bare CR behind the size", "5\rhello\r\n0\r\n\r\n"],
  ["lf-after-last", "bare LFs behind the last chunk", "5\r\nhello\r\n0\n\n"],
  ["lf-after-extension", "an extension that ends with a bare LF", "5;\nhello\r\n0\r\n\r\n"],
  ["lf-in-extension", "a bare LF inside an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"],
  ["cr-in-extension", "a bare CR inside an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"],
  ["nul-in-extension", "a NUL inside an extension", "5;a\0b\r\nhello\r\n0\r\n\r\n"],
  ["crlf-quoted", "a quoted CRLF inside an extension", '5;a="\r\nhello\r\n0\r\n\r\n"'],
  ["trailer-no-colon", "a trailer without a colon", "5\r\nhello\r\n0\r\nnocolon\r\n\r\n"],
  ["trailer-space-colon", "a trailer with a space before the colon", "5\r\nhello\r\n0\r\nX-A : b\r\n\r\n"],
  ["trailer-bare-lf", "a trailer that ends with a bare LF", "5\r\nhello\r\n0\r\nX-A: b\n\r\n"],
  ["trailer-nul", "a trailer with a NUL", "5\r\nhello\r\n0\r\nX-A: b\0\r\n\r\n"],
  ["trailer-fold", "a folded trailer", "5\r\nhello\r\n0\r\nX-A: b\r\n c\r\n\r\n"],
  ["last-crlf-other", "other bytes in place of the last CRLF", "5\r\nhello\r\n0\r\nXX"],
];

/** Beyond 32 and 63 bits: a server may wait for that much data, and must not wrap around to 5. */
const huge: readonly (readonly [id: string, title: string, body: string])[] = [
  ["size-2-32", "2^32 + 5 must not wrap around to 5", "100000005\r\nhello\r\n0\r\n\r\n"],
  ["size-2-63", "2^63 must not turn negative", "8000000000000000\r\nhello\r\n0\r\n\r\n"],
];

/** Malformed, though there is but one place where such a body can end. */
const harmless: readonly (readonly [id: string, title: string, body: string])[] = [
  ["size-space-before", "a space before the size", " 5\r\nhello\r\n0\r\n\r\n"],
  ["size-tab-before", "a tab before the size", "\t5\r\nhello\r\n0\r\n\r\n"],
];

/** Spelled otherwise, but the same by the grammar. */
const valid: readonly (readonly [id: string, title: string, body: string, record: string])[] = [
  ["hex-lower", "a lower-case hexadecimal digit", "a\r\nhelloworld\r\n0\r\n\r\n", "POST /a helloworld"],
  ["hex-upper", "an upper-case hexadecimal digit", "A\r\nhelloworld\r\n0\r\n\r\n", "POST /a helloworld"],
  ["leading-zeros", "leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "POST /a hello"],
  ["many", "one byte per chunk", `${"1\r\nx\r\n".repeat(200)}0\r\n\r\n`, `POST /a ${"x".repeat(200)}`],
  ["empty", "no data at all", "0\r\n\r\n", "POST /a"],
  ["crlf-data", "data that looks like the last chunk", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "POST /a 0"],
];

/** Valid by the grammar; RFC 9112 lets a recipient refuse what it finds unreasonable. */
const tolerated: readonly (readonly [id: string, title: string, body: string])[] = [
  ["extension", "an extension", "5;a=b\r\nhello\r\n0\r\n\r\n"],
  ["extension-bare", "an extension without value", "5;a\r\nhello\r\n0\r\n\r\n"],
  ["extension-quoted", "a quoted extension", '5;a="b;c"\r\nhello\r\n0\r\n\r\n'],
  ["extension-last", "an extension of the last chunk", "5\r\nhello\r\n0;a=b\r\n\r\n"],
  ["extension-space", "a space before the extension", "5 ;a=b\r\nhello\r\n0\r\n\r\n"],
  ["size-space-after", "a space behind the size", "5 \r\nhello\r\n0\r\n\r\n"],
  ["trailer", "a trailer", "5\r\nhello\r\n0\r\nX-A: b\r\n\r\n"],
  ["trailer-length", "a Content-Length in the trailer must not count", "5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n"],
  ["trailer-coding", "a coding in the trailer must not count", "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["trailer-host", "a Host in the trailer must not count", "5\r\nhello\r\n0\r\nHost: evil.example\r\n\r\n"],
  ["trailer-close", "a Connection in the trailer", "5\r\nhello\r\n0\r\nConnection: close\r\n\r\n"],
  ["trailers-many", "fifty trailers", `5\r\nhello\r\n0\r\n${"X-A: b\r\n".repeat(50)}\r\n`],
];

export const chunkCases: readonly AttackCase[] = [
  ...valid.map(
    ([id, title, body, record]): AttackCase => ({
      id: `chunks-${id}`,
      title,
      source: "RFC 9112 7.1",
      steps: [chunked("/a", body) + NEXT],
      expect: served(record, "GET /next"),
    }),
  ),
  ...tolerated.map(
    ([id, title, body]): AttackCase => ({
      id: `chunks-${id}`,
      title,
      source: "RFC 9112 7.1.1, 7.1.2",
      steps: [chunked("/a", body) + NEXT],
      expect: either(refused(), served("POST /a hello", "GET /next")),
    }),
  ),
  ...malformed.map(
    ([id, title, body]): AttackCase => ({
      id: `chunks-${id}`,
      title,
      source: "RFC 9112 7.1; PortSwigger: TERM.EXT, EXT.TERM",
      steps: [chunked("/a", body) + SMUGGLED],
      expect: refused(),
    }),
  ),
  ...harmless.map(
    ([id, title, body]): AttackCase => ({
      id: `chunks-${id}`,
      title,
      source: "RFC 9112 7.1",
      steps: [chunked("/a", body) + NEXT],
      expect: refused(),
    }),
  ),
  ...huge.map(
    ([id, title, body]): AttackCase => ({
      id: `chunks-${id}`,
      title,
      source: "RFC 9112 7.1",
      steps: [chunked("/a", body) + SMUGGLED],
      expect: unfinished(),
    }),
  ),
  {
    id: "chunks-extension-huge",
    title: "an extension of 64 KiB",
    source: "RFC 9112 7.1.1",
    steps: [chunked("/a", `5;a=${"b".repeat(65_536)}\r\nhello\r\n0\r\n\r\n`) + NEXT],
    expect: either(refused(), served("POST /a hello", "GET /next")),
  },
  {
    id: "chunks-extensions-huge-sum",
    title: "a megabyte of extensions around single bytes",
    source: "RFC 9112 7.1.1",
    steps: [chunked("/a", `${`1;${"b".repeat(1000)}\r\nx\r\n`.repeat(1000)}0\r\n\r\n`)],
    expect: refused(),
  },
  {
    id: "chunks-trailers-huge",
    title: "a megabyte of trailers",
    source: "RFC 9112 7.1.2",
    steps: [chunked("/a", `5\r\nhello\r\n0\r\n${`X-A: ${"b".repeat(1000)}\r\n`.repeat(1000)}\r\n`)],
    expect: refused(),
  },
  {
    id: "chunks-too-large",
    title: "more data than the server takes, in chunks",
    source: "RFC 9110 15.5.14",
    steps: [chunked("/a", `${`1000\r\n${"x".repeat(4096)}\r\n`.repeat(100)}0\r\n\r\n`)],
    expect: declined(),
  },
  {
    id: "chunks-no-last",
    title: "no last chunk: the body is not whole",
    source: "RFC 9112 8",
    steps: [chunked("/a", "5\r\nhello\r\n")],
    expect: unfinished(),
  },
  {
    id: "chunks-no-last-end",
    title: "no last chunk, and the client sends nothing more",
    source: "RFC 9112 8",
    steps: [chunked("/a", "5\r\nhello\r\n"), { do: "end" }],
    expect: unfinished(),
  },
  {
    id: "chunks-split",
    title: "a chunked body byte by byte, then the next request",
    source: "RFC 9112 7.1",
    steps: [chunked("/a", "5;a=b\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n") + NEXT],
    byteByByte: true,
    expect: served("POST /a helloworld", "GET /next"),
  },
  {
    id: "chunks-unread",
    title: "a chunked body that looks like a request, sent to a handler that does not read it",
    source: "PortSwigger: TE.0",
    steps: [
      post("/unread", "Transfer-Encoding: chunked"),
      `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n${NEXT}`,
    ],
    expect: either(servedLast("POST /unread"), served("POST /unread", "GET /next")),
  },
  {
    id: "chunks-constant",
    title: "a chunked body that looks like a request, sent to a constant route",
    source: "PortSwigger: TE.0",
    steps: [
      `GET /constant HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    ],
    expect: answered(200, 400),
  },
];
