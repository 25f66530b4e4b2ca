import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { acceptOf, HandshakeReader, newHandshake } from "../../../bench/load/socket-handshake.ts";

/** The example of RFC 6455, section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const FIELDS = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${ACCEPT}`];

const head = (status: string, fields: readonly string[]): Buffer =>
  Buffer.from([`HTTP/1.1 ${status}`, ...fields, "", ""].join("\r\n"));

test("acceptOf() is the RFC's own example", () => {
  assert.equal(acceptOf(KEY), ACCEPT);
});

test("newHandshake() asks for a WebSocket with a nonce of 16 bytes, and knows what must be answered", () => {
  const { request, accept } = newHandshake({ host: "127.0.0.1", port: 8080 }, "/ws/echo");
  const text = request.toString("latin1");
  const key = /\r\nSec-WebSocket-Key: (\S+)\r\n/.exec(text)?.[1] ?? "";
  assert.equal(Buffer.from(key, "base64").length, 16);
  assert.equal(accept, acceptOf(key));
  assert.ok(text.startsWith("GET /ws/echo HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: Upgrade\r\n"), text);
  assert.ok(text.endsWith("\r\n\r\n"));
});

const answers: readonly (readonly [name: string, bytes: Buffer, outcome: string])[] = [
  ["an acceptance", head("101 Switching Protocols", FIELDS), "open"],
  [
    "one in other letters",
    head(
      "101 x",
      FIELDS.map((line) => line.replace(/^[^:]+/, (name) => name.toUpperCase())),
    ),
    "open",
  ],
  [
    "a connection field of several words",
    head("101 x", ["Upgrade: WebSocket", "Connection: keep-alive, Upgrade", FIELDS[2] ?? ""]),
    "open",
  ],
  ["a refusal", head("503 Service Unavailable", FIELDS), "status"],
  ["another proof", head("101 x", [...FIELDS.slice(0, 2), "Sec-WebSocket-Accept: AAAA"]), "malformed"],
  ["no proof", head("101 x", FIELDS.slice(0, 2)), "malformed"],
  ["no upgrade", head("101 x", FIELDS.slice(1)), "malformed"],
  [
    "an extension that was not offered",
    head("101 x", [...FIELDS, "Sec-WebSocket-Extensions: permessage-deflate"]),
    "malformed",
  ],
  ["a protocol that was not offered", head("101 x", [...FIELDS, "Sec-WebSocket-Protocol: chat"]), "malformed"],
  ["no HTTP", Buffer.from("220 mail.example ESMTP\r\n\r\n"), "malformed"],
  ["a head without an end", Buffer.alloc(20_000, "x"), "malformed"],
];

for (const [name, bytes, outcome] of answers) {
  test(`HandshakeReader takes ${name} as "${outcome}", whole and byte by byte`, () => {
    assert.equal(new HandshakeReader(ACCEPT).push(bytes)?.outcome, outcome);
    const reader = new HandshakeReader(ACCEPT);
    let answer: ReturnType<HandshakeReader["push"]>;
    for (let at = 0; at < bytes.length && answer === undefined; at += 1)
      answer = reader.push(bytes.subarray(at, at + 1));
    assert.equal(answer?.outcome, outcome);
  });
}

test("HandshakeReader hands on what stands behind the head", () => {
  const answer = new HandshakeReader(ACCEPT).push(Buffer.concat([head("101 x", FIELDS), Buffer.from([0x81, 0])]));
  assert.deepEqual(answer, { outcome: "open", rest: Buffer.from([0x81, 0]) });
});
