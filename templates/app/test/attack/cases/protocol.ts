/** Other protocols on this port. */
import type { AttackCase } from "../attack-case.ts";
import { NEXT, SMUGGLED } from "../bytes.ts";
import { declined, either, foreign, refused } from "../expect.ts";

/** A TLS 1.2 ClientHello for "localhost", as short as the grammar allows (RFC 5246, 7.4.1.2). */
const CLIENT_HELLO = `\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03${"\x2a".repeat(32)}\x00\x00\x02\xc0\x2b\x01\x00\x00\x00`;
/** HTTP/2's preface and an empty SETTINGS frame (RFC 9113, 3.4). */
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
/** PROXY protocol, versions 1 and 2, from a stranger. */
const PROXY_1 = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";
const PROXY_2 = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\xdc\x04\x01\xbb";

export const protocolCases: readonly AttackCase[] = [
  {
    id: "protocol-http-2-preface",
    title: "HTTP/2's preface, then requests of HTTP/1.1",
    source: "RFC 9113 3.4",
    steps: [PREFACE + NEXT],
    expect: either(refused(), foreign()),
  },
  {
    id: "protocol-http-2-upgrade",
    title: "PRI as a method",
    source: "RFC 9113 3.4",
    steps: [`PRI * HTTP/2.0\r\n\r\n${SMUGGLED}`],
    expect: refused(),
  },
  {
    id: "protocol-tls",
    title: "TLS on a plain port",
    source: "RFC 9112 2.2",
    steps: [CLIENT_HELLO + SMUGGLED],
    expect: refused(),
  },
  {
    id: "protocol-plain-on-tls",
    title: "plain HTTP on a port with TLS",
    source: "RFC 8446 6",
    steps: [SMUGGLED],
    tlsPort: true,
    expect: either(refused(), foreign()),
  },
  {
    id: "protocol-proxy-1",
    title: "a PROXY line from a stranger",
    source: "PROXY protocol 2.1",
    steps: [PROXY_1 + SMUGGLED],
    expect: refused(),
  },
  {
    id: "protocol-proxy-2",
    title: "a binary PROXY header from a stranger",
    source: "PROXY protocol 2.2",
    steps: [PROXY_2 + SMUGGLED],
    expect: refused(),
  },
  {
    id: "protocol-smtp",
    title: "a mail server's greeting",
    source: "RFC 9112 2.2; cross-protocol attacks",
    steps: [`EHLO localhost\r\nMAIL FROM:<a@b>\r\n\r\n${SMUGGLED}`],
    expect: refused(),
  },
  {
    id: "protocol-response",
    title: "a response in place of a request",
    source: "RFC 9112 2.1",
    steps: [`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`],
    expect: either(refused(), declined()),
  },
  {
    id: "protocol-zeros",
    title: "4,096 NULs",
    source: "RFC 9112 2.2",
    steps: [`${"\0".repeat(4096)}\r\n\r\n${SMUGGLED}`],
    expect: refused(),
  },
];
