/** One WebSocket that sends a message, waits for all its replies, and sends the next (RFC 6455). It counts bytes only. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import type { Tally } from "../../load/tally.ts";
import { framesPath, REPLY_FRAME_BYTES } from "./work.ts";

const HANDSHAKE = [
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  // The nonce of RFC 6455's own example.
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** A whole text frame "go", masked with zeros, which leave it as it is. */
const MESSAGE = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x67, 0x6f]);

export class FrameClient {
  readonly #host: string;
  readonly #port: number;
  readonly #tally: Tally;
  readonly #replies: number;
  #socket: Socket | undefined;
  #head = "";
  #isOpen = false;
  #leftBytes = 0;
  #stopped = false;

  constructor(host: string, port: number, tally: Tally, replies: number) {
    this.#host = host;
    this.#port = port;
    this.#tally = tally;
    this.#replies = replies;
  }

  open(): void {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    this.#socket = socket;
    socket.on("connect", () => socket.write(`GET ${framesPath(this.#replies)} HTTP/1.1\r\n${HANDSHAKE}`));
    socket.on("data", (bytes) => {
      if (this.#isOpen) this.#receive(bytes.length);
      else this.#shakeHands(bytes);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (!this.#stopped) this.#tally.failed("closed");
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.destroy();
  }

  #shakeHands(bytes: Buffer): void {
    this.#head += bytes.toString("latin1");
    if (!this.#head.includes("\r\n\r\n")) return;
    if (!this.#head.startsWith("HTTP/1.1 101 ")) {
      this.#tally.failed("status");
      this.stop();
      return;
    }
    this.#isOpen = true;
    this.#send();
  }

  #send(): void {
    this.#leftBytes = this.#replies * REPLY_FRAME_BYTES;
    this.#socket?.write(MESSAGE);
  }

  #receive(bytes: number): void {
    this.#leftBytes -= bytes;
    if (this.#leftBytes > 0 || this.#stopped) return;
    if (this.#leftBytes < 0) {
      // A ping, or something that nobody asked for: the count would be wrong from here on.
      this.#tally.failed("malformed");
      this.stop();
      return;
    }
    this.#tally.done += 1;
    this.#send();
  }
}
