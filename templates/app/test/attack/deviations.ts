/**
 * What the pinned runtimes do otherwise than the catalogue expects, case by case, with what it means for a server. A run
 * fails on any change, for the better too: then the row goes.
 */
import type { AdapterName } from "../../src/runtime/capabilities.ts";

export interface Deviation {
  /** As the run prints it; several where timing decides. */
  readonly outcomes: readonly string[];
  readonly why: string;
}

export const deviations: Readonly<Record<AdapterName, Readonly<Record<string, Deviation>>>> = {
  bun: {
    "chunks-trailer": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and then takes a trailer for a malformed request: a client that sends trailers gets a 400 behind its 200 and loses the connection.",
    },
    "chunks-trailer-length": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and then takes a trailer for a malformed request: a client that sends trailers gets a 400 behind its 200 and loses the connection.",
    },
    "chunks-trailer-coding": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and then takes a trailer for a malformed request: a client that sends trailers gets a 400 behind its 200 and loses the connection.",
    },
    "chunks-trailer-host": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and then takes a trailer for a malformed request: a client that sends trailers gets a 400 behind its 200 and loses the connection.",
    },
    "chunks-trailer-close": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and then takes a trailer for a malformed request: a client that sends trailers gets a 400 behind its 200 and loses the connection.",
    },
    "chunks-trailers-many": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and then takes a trailer for a malformed request: a client that sends trailers gets a 400 behind its 200 and loses the connection.",
    },
    "chunks-crlf-quoted": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun ends an extension at the first CRLF, quoted or not, as the grammar has it for what is no extension; what follows is refused, and the connection ends.",
    },
    "chunks-trailer-no-colon": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "chunks-trailer-space-colon": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "chunks-trailer-bare-lf": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "chunks-trailer-nul": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "chunks-trailer-fold": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "chunks-last-crlf-other": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "chunks-extensions-huge-sum": {
      outcomes: ["200 open [POST /a xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...]"],
      why: "Bun bounds each extension but not their sum; the body's limit counts data only, so such a body costs bandwidth and nothing else.",
    },
    "chunks-trailers-huge": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Bun answers when the last chunk has come, and refuses whatever stands between it and the empty line; the connection ends, so nothing is smuggled, but a 400 follows the 200.",
    },
    "request-line-method-lower": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability unknownMethods: GET changes nothing by definition, so nothing is done that was not asked for.",
    },
    "request-line-method-unknown": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability unknownMethods: GET changes nothing by definition, so nothing is done that was not asked for.",
    },
    "request-line-method-long": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability unknownMethods: GET changes nothing by definition, so nothing is done that was not asked for.",
    },
    "target-absolute-host-wins": {
      outcomes: ["200 open [GET /host@evil.example]"],
      why: "Bun makes the URL of the Host field, not of the absolute form; who decides by host must let nothing but a proxy in, which sends the origin form.",
    },
    "target-absolute-no-host": {
      outcomes: ["200 open [GET /a]"],
      why: "Bun takes the path of an absolute form and leaves its authority unread, so a malformed one does no harm.",
    },
    "target-absolute-userinfo": {
      outcomes: ["200 open [GET /a]"],
      why: "Bun takes the path of an absolute form and leaves its authority unread, so a malformed one does no harm.",
    },
    "target-absolute-port": {
      outcomes: ["200 open [GET /a]"],
      why: "Bun takes the path of an absolute form and leaves its authority unread, so a malformed one does no harm.",
    },
    "target-absolute-space": {
      outcomes: ["200 open [GET /a]"],
      why: "Bun takes the path of an absolute form and leaves its authority unread, so a malformed one does no harm.",
    },
    "target-delete": {
      outcomes: ["200 open [GET /a%7Fb]"],
      why: "Bun encodes the character in the URL; handlers see it encoded.",
    },
    "target-high-bytes": {
      outcomes: ["200 open [GET /%EF%BF%BD%EF%BF%BD]"],
      why: "Bun replaces bytes that are no UTF-8 by U+FFFD: two such paths cannot be told apart, and no route is reached that the replaced path does not name.",
    },
    "target-brackets": {
      outcomes: ["200 open [GET /a%3Cb%3E%22%7Bc%7D|%5E%60]"],
      why: "Bun encodes the character in the URL; handlers see it encoded.",
    },
    "host-twice": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the URL is made of the first Host, and a handler that asks for `context.url` answers 400.",
    },
    "host-twice-same": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the URL is made of the first Host, and a handler that asks for `context.url` answers 400.",
    },
    "host-twice-case": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the URL is made of the first Host, and a handler that asks for `context.url` answers 400.",
    },
    "host-twice-apart": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the URL is made of the first Host, and a handler that asks for `context.url` answers 400.",
    },
    "host-slash": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-slash-first": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-question": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-hash": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-at": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-at-password": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-comma": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-comma-no-space": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-space": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-tab": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-backslash": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-port-letters": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-port-letters-after": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-port-slash": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-port-negative": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-port-twice": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-port-large": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-scheme": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-high": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-bracket": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-bracket-text": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-angle": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-quote": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "host-percent": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "connection-pipelined-slow": {
      outcomes: ["close [GET /slow]"],
      why: "The capability asyncPipelining: the pending answer is lost with the connection; browsers and the generated proxies do not pipeline.",
    },
    "connection-pipelined-slow-later": {
      outcomes: ["close [GET /slow]"],
      why: "The capability asyncPipelining: the pending answer is lost with the connection; browsers and the generated proxies do not pipeline.",
    },
    "upgrade-websocket-1-0": {
      outcomes: ["101 open"],
      why: "Bun upgrades a handshake of HTTP/1.0; a proxy that speaks 1.0 to its servers must not offer upgrades.",
    },
    "sequence-bad-host": {
      outcomes: ["200 200 open [GET /host@localhost; GET /a]"],
      why: "The capability hostRefusal: the path is unaffected, and a handler that asks for `context.url` answers 400.",
    },
    "early-close-chunk-last-end": {
      outcomes: ["200 close [POST /a hello]"],
      why: "Bun takes a chunked body for whole when the last chunk's size has come, without waiting for the empty line.",
    },
    "early-close-chunk-last-leave": {
      outcomes: ["close [POST /a hello]"],
      why: "Bun takes a chunked body for whole when the last chunk's size has come, without waiting for the empty line.",
    },
  },
  "deno-serve": {
    "coding-gzip-chunked": {
      outcomes: ["200 200 open [POST /a; GET /next]"],
      why: "Deno decodes the chunks and hands the other coding on undecoded; the body's end is the right one, so nothing is smuggled.",
    },
    "coding-twice-unknown": {
      outcomes: ["200 200 open [POST /a; GET /next]"],
      why: "Deno decodes the chunks and hands the other coding on undecoded; the body's end is the right one, so nothing is smuggled.",
    },
    "chunks-crlf-quoted": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "Deno ends an extension at the first CRLF, quoted or not; what follows is refused, and the connection ends.",
    },
    "chunks-size-space-before": {
      outcomes: ["200 200 open [POST /a hello; GET /next]"],
      why: "Deno skips white space before a chunk's size; the size and the body's end are the right ones.",
    },
    "chunks-extensions-huge-sum": {
      outcomes: ["200 open [POST /a xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...]"],
      why: "Deno bounds each chunk's line at 4 KiB but not their sum; such a body costs bandwidth and nothing else.",
    },
    "chunks-trailers-huge": {
      outcomes: ["silence [POST /a (broken)]"],
      why: "Deno stops reading at 64 KiB of trailers and neither answers nor closes; the proxy's time limit ends the connection.",
    },
    "request-line-method-long": {
      outcomes: ["200 open [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA...]"],
      why: "Deno hands any token on as the method, however long; no route has it.",
    },
    "target-absolute-no-host-field": {
      outcomes: ["200 open [GET /a]"],
      why: "Deno takes the absolute form's host where the field is missing.",
    },
    "target-absolute-upper": {
      outcomes: ["200 open [GET HTTP://LOCALHOST/host]"],
      why: "Deno takes a scheme in upper case for a part of the path: the path is not found.",
    },
    "target-absolute-no-host": {
      outcomes: ["200 open [GET /http:///a]"],
      why: "Deno hands the target on as it came; a path that is no URL's reaches routes with wildcards only.",
    },
    "target-absolute-userinfo": {
      outcomes: ["200 open [GET /a]"],
      why: "Deno hands the target on as it came; a path that is no URL's reaches routes with wildcards only.",
    },
    "target-absolute-port": {
      outcomes: ["200 open [GET /a]"],
      why: "Deno hands the target on as it came; a path that is no URL's reaches routes with wildcards only.",
    },
    "target-absolute-space": {
      outcomes: ["200 open [GET /a]"],
      why: "Deno hands the target on as it came; a path that is no URL's reaches routes with wildcards only.",
    },
    "target-scheme-file": {
      outcomes: ["200 open [GET /file:///etc/passwd]"],
      why: "Deno hands the target on as it came; a path that is no URL's reaches routes with wildcards only.",
    },
    "target-brackets": {
      outcomes: ['200 open [GET /a<b>"{c}|^`]'],
      why: "Deno hands the target on as it came; a path that is no URL's reaches routes with wildcards only.",
    },
    "host-missing": {
      outcomes: ["200 open [GET /a]"],
      why: "Deno takes its own address where the Host is missing; the generated proxies refuse such a request.",
    },
    "host-missing-post": {
      outcomes: ["200 open [POST /a GET /smuggled HTTP/1.1 Host: localhost]"],
      why: "Deno takes its own address where the Host is missing; the generated proxies refuse such a request.",
    },
    "host-slash": {
      outcomes: ["200 open [GET /admin/a]"],
      why: "Deno makes the URL of the unchecked Host, so this character moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
    "host-slash-first": {
      outcomes: ["200 open [GET /localhost/a]"],
      why: "Deno makes the URL of the unchecked Host, so this character moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
    "host-question": {
      outcomes: ["200 open [GET ?a/a]"],
      why: "Deno makes the URL of the unchecked Host, so this character moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
    "host-hash": {
      outcomes: ["200 open [GET #a/a]"],
      why: "Deno makes the URL of the unchecked Host, so this character moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
    "host-at": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-at-password": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-comma": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-comma-no-space": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-space": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-tab": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-backslash": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-port-letters": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-port-letters-after": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-port-slash": {
      outcomes: ["200 open [GET /a/a]"],
      why: "Deno makes the URL of the unchecked Host, so this character moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
    "host-port-negative": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-port-twice": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-port-large": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-scheme": {
      outcomes: ["200 open [GET //localhost/a]"],
      why: "Deno makes the URL of the unchecked Host, so this character moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
    "host-high": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-bracket": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-bracket-text": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-angle": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-quote": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "host-percent": {
      outcomes: ["200 open [GET /a]"],
      why: "The capability hostRefusal: a handler that asks for `context.url` answers 400, and the generated proxies refuse such a Host.",
    },
    "upgrade-websocket-1-0": {
      outcomes: ["101 open"],
      why: "Deno upgrades a handshake of HTTP/1.0; the generated proxies speak 1.1.",
    },
    "sequence-bad-host": {
      outcomes: ["200 200 open [GET /host@localhost; GET /admin/a]"],
      why: "Deno makes the URL of the unchecked Host, so a slash in it moves the path: see the capability hostCheck. The generated proxies refuse such a Host.",
    },
  },
  "deno-http": {
    "length-spaces-around": {
      outcomes: ["400 close"],
      why: "node:http on Deno refuses a length with a tab before it: a valid request fails, and safely.",
    },
    "chunks-trailer-close": {
      outcomes: ["200 400 close [POST /a hello]"],
      why: "node:http lets a Connection in the trailer end the connection: the request is answered, and what follows is refused.",
    },
    "chunks-extensions-huge-sum": {
      outcomes: ["200 open [POST /a xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...]"],
      why: "node:http on Deno bounds each extension but not their sum; such a body costs bandwidth and nothing else.",
    },
    "request-line-version-2-0": {
      outcomes: ["200 close [GET /a]"],
      why: "node:http serves HTTP/2.0 in a request line as if it were 1.1, and closes.",
    },
    "request-line-no-version": {
      outcomes: ["200 close [GET /a]"],
      why: "node:http serves HTTP/0.9 as if it were 1.0, with a head, and closes; no body is in doubt.",
    },
    "request-line-double-space": {
      outcomes: ["200 200 open [GET /a; GET /next]"],
      why: "node:http skips a second space in the request line; the target is the right one, and no body is in doubt.",
    },
    "request-line-double-space-version": {
      outcomes: ["200 200 open [GET /a; GET /next]"],
      why: "node:http skips a second space in the request line; the target is the right one, and no body is in doubt.",
    },
    "request-line-version-0-9": {
      outcomes: ["200 close [GET /a]"],
      why: "node:http serves HTTP/0.9 as if it were 1.0, with a head, and closes; no body is in doubt.",
    },
    "target-absolute-no-host": {
      outcomes: ["200 open [GET /]"],
      why: "A URL without host has its path as the host, by the URL standard; the path is then the root.",
    },
    "target-absolute-userinfo": {
      outcomes: ["200 open [GET /a]"],
      why: "User and password in the target are cut off.",
    },
    "target-scheme-file": {
      outcomes: ["200 open [GET /etc/passwd]"],
      why: "Any URL is taken for an absolute form; its path is looked up among the routes like every other, and never in the file system.",
    },
    "target-brackets": {
      outcomes: ["200 open [GET /a%3Cb%3E%22%7Bc%7D|^%60]"],
      why: "The URL parser encodes the characters; handlers see them encoded.",
    },
    "size-body-sent": {
      outcomes: ["413 close [POST /a (broken); GET /next]"],
      why: "The request behind a body that was refused is handled, because its beginning is known; its answer is lost with the connection.",
    },
    "upgrade-websocket-1-0": {
      outcomes: ["101 open"],
      why: "The library that does WebSockets takes a handshake of HTTP/1.0.",
    },
  },
};
