import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import { expectMessage, FrameReader } from "../../../bench/load/frame-reader.ts";
import { FrameError } from "../../../bench/load/frame-sink.ts";
import { type Message, messageOf, opcode, repeatFrame, serverFrame } from "../../../bench/load/socket-frames.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

/** What was found, one word for each event; the messages of one call are one number. */
interface Found {
  messages: number;
  readonly controls: string[];
}

function reading(message: Message | undefined): { readonly reader: FrameReader; readonly found: Found } {
  const found: Found = { messages: 0, controls: [] };
  const reader = new FrameReader(message && expectMessage(message), {
    messages: (count) => {
      found.messages += count;
    },
    ping: (payload) => found.controls.push(`ping ${payload.toString("latin1")}`),
    pong: () => found.controls.push("pong"),
    closed: (status) => found.controls.push(`close ${status}`),
  });
  return { reader, found };
}

/** The examples of RFC 6455, section 5.7, as a server sends them. */
const HELLO = messageOf("Hello");
const literal: readonly (readonly [name: string, bytes: string, messages: number, controls: readonly string[]])[] = [
  ["a text", "81 05 48656c6c6f", 1, []],
  ["a text in two fragments", "01 03 48656c 80 02 6c6f", 1, []],
  ["fragments with a ping between them", "01 03 48656c 89 01 2a 80 02 6c6f", 1, ["ping *"]],
  ["an empty fragment", "01 00 00 05 48656c6c6f 80 00", 1, []],
  ["a ping, a pong", "89 05 48656c6c6f 8a 00", 0, ["ping Hello", "pong"]],
  ["three texts in a row", "81 05 48656c6c6f 81 05 48656c6c6f 81 05 48656c6c6f", 3, []],
  ["a text, a ping, a text", "81 05 48656c6c6f 89 00 81 05 48656c6c6f", 2, ["ping "]],
  ["a close with its status, and what comes behind it", "88 02 03e8 81 05 48656c6c6f ff", 0, ["close 1000"]],
  ["a close without a status", "81 05 48656c6c6f 88 00", 1, ["close 1005"]],
  ["a length in more bytes than it needs", "81 7e 0005 48656c6c6f 81 05 48656c6c6f", 2, []],
];

for (const [name, bytes, messages, controls] of literal) {
  test(`FrameReader reads ${name}, whole and byte by byte`, () => {
    for (const step of [1000, 1]) {
      const { reader, found } = reading(HELLO);
      const stream = hex(bytes);
      for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step));
      assert.deepEqual(found, { messages, controls });
    }
  });
}

const wrong: readonly (readonly [name: string, bytes: string, kind: FrameError["kind"]])[] = [
  ["another text", "81 05 48656c6c70", "content"],
  ["another text in a fragment", "01 02 4845", "content"],
  ["bytes instead of text", "82 05 48656c6c6f", "content"],
  ["a text that is too short", "81 04 48656c6c", "length"],
  ["a text that is too long", "81 06 48656c6c6f21", "length"],
  ["fragments that are too long together", "01 03 48656c 80 03 6c6f21", "length"],
  ["a masked frame", "81 85 00000000 48656c6c6f", "malformed"],
  ["a reserved bit, as of a compressed message", "c1 05 48656c6c6f", "malformed"],
  ["a text within a fragmented one", "01 03 48656c 81 05 48656c6c6f", "malformed"],
  ["a fragment that nothing began", "80 02 6c6f", "malformed"],
  ["an unknown control frame", "8b 00", "malformed"],
  ["a ping in fragments", "09 00", "malformed"],
  ["a ping of 126 bytes", "89 7e 007e", "malformed"],
  ["half a close status", "88 01 03", "malformed"],
];

for (const [name, bytes, kind] of wrong) {
  test(`FrameReader refuses ${name} as "${kind}", whole and byte by byte, after a message as well`, () => {
    for (const before of ["", "81 05 48656c6c6f"]) {
      for (const step of [1000, 1]) {
        const { reader } = reading(HELLO);
        const stream = hex(before + bytes);
        assert.throws(
          () => {
            for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step));
          },
          (error: unknown) => error instanceof FrameError && error.kind === kind,
        );
      }
    }
  });
}

test("FrameReader refuses any message where none must come", () => {
  const { reader, found } = reading(undefined);
  reader.push(hex("89 00"));
  assert.deepEqual(found, { messages: 0, controls: ["ping "] });
  assert.throws(() => reader.push(hex("81 00")), FrameError);
});

/** Lengths on both sides of each form of a length (125/126, 65,535/65,536), and none. */
const lengths = fc.constantFrom(0, 1, 2, 5, 64, 125, 126, 127, 1000, 65_535, 65_536, 70_000);
const part = fc.constantFrom("message", "message", "message", "fragments", "ping", "pong" as const);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

test("FrameReader finds the same, however the stream is cut", () => {
  fc.assert(
    fc.property(lengths, fc.array(part, { maxLength: 12 }), cuts, fc.boolean(), (length, parts, places, isText) => {
      const payload = Buffer.alloc(length, "abcdefg");
      const message: Message = { code: isText ? opcode.text : opcode.binary, payload };
      const stream = Buffer.concat(parts.map((each) => bytesOf(each, message)));
      const { reader, found } = reading(message);
      const ends = [...places.map((place) => Math.floor(place * stream.length)), stream.length].sort((a, b) => a - b);
      let at = 0;
      for (const end of ends) {
        reader.push(stream.subarray(at, end));
        at = end;
      }
      const messages = parts.filter((each) => each === "message" || each === "fragments").length;
      const controls = parts.flatMap((each) => (each === "ping" ? ["ping hi"] : each === "pong" ? ["pong"] : []));
      assert.deepEqual(found, { messages, controls });
    }),
    { numRuns: 300 },
  );
});

test("FrameReader sees one wrong byte, wherever it is", () => {
  const message = messageOf("0123456789".repeat(20));
  const stream = repeatFrame(serverFrame(message.code, message.payload), 4);
  fc.assert(
    fc.property(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(stream.length), (at, flip, cut) => {
      const broken = Buffer.from(stream);
      broken[at] = (broken[at] as number) ^ flip;
      const { reader, found } = reading(message);
      let isRefused = false;
      try {
        reader.push(broken.subarray(0, cut));
        reader.push(broken.subarray(cut));
      } catch (error) {
        assert.ok(error instanceof FrameError);
        isRefused = true;
      }
      // A broken head may become that of a control frame, or promise more than has come; four messages it never is.
      assert.ok(isRefused || found.messages < 4);
    }),
    { numRuns: 500 },
  );
});

function bytesOf(kind: "message" | "fragments" | "ping" | "pong", { code, payload }: Message): Buffer {
  if (kind === "message") return serverFrame(code, payload);
  if (kind === "ping") return serverFrame(opcode.ping, Buffer.from("hi"));
  if (kind === "pong") return serverFrame(opcode.pong, Buffer.alloc(0));
  const half = payload.length >> 1;
  const first = serverFrame(code, payload.subarray(0, half));
  first[0] = code;
  return Buffer.concat([first, serverFrame(opcode.continuation, payload.subarray(half))]);
}
