/** A WebSocket server that does what a test tells it, right or wrong: raw bytes, one script for each message that comes. */
import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { LoadTarget } from "../../../bench/load/order.ts";
import { acceptOf } from "../../../bench/load/socket-handshake.ts";

export interface Peer {
  /** 0-based, in the order of connecting. */
  readonly number: number;
  readonly socket: Socket;
  /** All that are open, this one too. */
  readonly all: ReadonlySet<Peer>;
}

export interface Script {
  /** The answer to the handshake; undefined: the right one. */
  readonly handshake?: (key: string, peer: Peer) => string;
  readonly opened?: (peer: Peer) => void;
  /** A whole frame of the client. */
  readonly frame?: (peer: Peer, code: number, payload: Buffer) => void;
}

export async function withSocketServer(script: Script, use: (target: LoadTarget) => Promise<void>): Promise<void> {
  const all = new Set<Peer>();
  let count = 0;
  const server = createServer((socket) => {
    const peer: Peer = { number: count, socket, all };
    count += 1;
    all.add(peer);
    socket.on("close", () => all.delete(peer));
    socket.on("error", () => undefined);
    serve(peer, script);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  } finally {
    for (const { socket } of all) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

export function accepted(key: string): string {
  return `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`;
}

function serve(peer: Peer, { handshake = accepted, opened, frame }: Script): void {
  let isOpen = false;
  let bytes = Buffer.alloc(0);
  peer.socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (!isOpen) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end === -1) return;
      const key = /\r\nSec-WebSocket-Key: (\S+)/.exec(bytes.toString("latin1", 0, end))?.[1] ?? "";
      bytes = bytes.subarray(end + 4);
      isOpen = true;
      peer.socket.write(handshake(key, peer));
      opened?.(peer);
    }
    // The tests' messages are short: two bytes of head, four of mask.
    while (bytes.length >= 6 && bytes.length >= 6 + ((bytes[1] ?? 0) & 127)) {
      const length = (bytes[1] ?? 0) & 127;
      const mask = bytes.subarray(2, 6);
      const payload = Buffer.from(bytes.subarray(6, 6 + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
      frame?.(peer, (bytes[0] ?? 0) & 15, payload);
      bytes = bytes.subarray(6 + length);
    }
  });
}
