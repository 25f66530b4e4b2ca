/** Upgrade: an offer must not open a tunnel that the server did not agree to (RFC 9110, section 7.8). */
import type { AttackCase, Expectation } from "../attack-case.ts";
import { get, NEXT, post, SMUGGLED } from "../bytes.ts";
import { answered, declined, either, refused, served, servedLast } from "../expect.ts";

const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const handshake = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY];

/** 101, and nothing behind it reaches a handler as a request. */
const upgraded: readonly Expectation[] = [
  { outcome: "refused", records: [], closes: false, statuses: [101], silent: false },
];

export const upgradeCases: readonly AttackCase[] = [
  {
    id: "upgrade-websocket",
    title: "a valid handshake",
    source: "RFC 6455 4.2",
    steps: [get("/socket", ...handshake)],
    expect: upgraded,
  },
  {
    id: "upgrade-websocket-pipelined",
    title: "a request right behind the handshake is no request",
    source: "RFC 6455 4.2",
    steps: [get("/socket", ...handshake) + SMUGGLED],
    expect: either(upgraded, refused()),
  },
  {
    id: "upgrade-websocket-body",
    title: "a handshake with a body that looks like a request",
    source: "RFC 6455 4.1",
    steps: [get("/socket", ...handshake, `Content-Length: ${SMUGGLED.length}`) + SMUGGLED],
    expect: either(upgraded, declined()),
  },
  {
    id: "upgrade-websocket-version",
    title: "a version that the server does not have: no tunnel",
    source: "RFC 6455 4.2.2; websocket smuggling (Mikhail Egorov)",
    steps: [get("/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 777", KEY) + NEXT],
    expect: either(declined(), answered(400, 426)),
  },
  {
    id: "upgrade-websocket-no-key",
    title: "a handshake without key",
    source: "RFC 6455 4.2.2",
    steps: [get("/socket", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")],
    expect: declined(),
  },
  {
    id: "upgrade-websocket-post",
    title: "a handshake with POST is a plain request",
    source: "RFC 6455 4.1",
    steps: [post("/socket", ...handshake, "Content-Length: 0")],
    expect: either(declined(), served("POST /socket")),
  },
  {
    id: "upgrade-websocket-1-0",
    title: "a handshake in HTTP/1.0",
    source: "RFC 6455 4.2.1",
    steps: [get("/socket", ...handshake).replace("HTTP/1.1", "HTTP/1.0")],
    expect: declined(),
  },
  {
    id: "upgrade-websocket-elsewhere",
    title: "a handshake where no socket is",
    source: "RFC 9110 7.8",
    steps: [get("/a", ...handshake) + NEXT],
    expect: either(declined(), served("GET /a", "GET /next"), servedLast("GET /a")),
  },
  {
    id: "upgrade-websocket-elsewhere-body",
    title: "a handshake where no socket is, with a body that looks like a request",
    source: "RFC 9110 7.8",
    steps: [post("/a", ...handshake, `Content-Length: ${SMUGGLED.length}`) + SMUGGLED],
    expect: either(declined(), served(`POST /a ${SMUGGLED.trim()}`), servedLast("POST /a")),
  },
  {
    id: "upgrade-h2c",
    title: "an offer of HTTP/2 in clear text is declined",
    source: "RFC 9113 3.1; h2c smuggling (Bishop Fox)",
    steps: [
      get("/a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA") +
        NEXT,
    ],
    expect: either(declined(), served("GET /a", "GET /next"), servedLast("GET /a")),
  },
  {
    id: "upgrade-h2c-body",
    title: "the same with a body that looks like a request",
    source: "RFC 9113 3.1; h2c smuggling (Bishop Fox)",
    steps: [post("/a", "Connection: Upgrade", "Upgrade: h2c", `Content-Length: ${SMUGGLED.length}`) + SMUGGLED],
    expect: either(
      declined(),
      served(`POST /a ${SMUGGLED.trim()}`),
      servedLast(`POST /a ${SMUGGLED.trim()}`),
      servedLast("POST /a"),
    ),
  },
  {
    id: "upgrade-unknown",
    title: "an offer that nobody knows",
    source: "RFC 9110 7.8",
    steps: [get("/a", "Connection: Upgrade", "Upgrade: gopher/1.0") + NEXT],
    expect: either(declined(), served("GET /a", "GET /next"), servedLast("GET /a")),
  },
  {
    id: "upgrade-without-connection",
    title: "an Upgrade that Connection does not name",
    source: "RFC 9110 7.8",
    steps: [get("/socket", "Upgrade: websocket", "Sec-WebSocket-Version: 13", KEY)],
    expect: declined(),
  },
];
