/** Loads of WebSockets for tests: an order with what matters changed, and its driver while a test looks. */
import type { Buffer } from "node:buffer";
import type { LoadTarget, SocketOrder } from "../../../bench/load/order.ts";
import { socketDriver } from "../../../bench/load/socket-driver.ts";
import { opcode, serverFrame } from "../../../bench/load/socket-frames.ts";
import { Tally } from "../../../bench/load/tally.ts";
import type { Peer } from "./scripted-socket-server.ts";

const PLACE = { thread: 0, threads: 1, spins: false };

export function orderFor(target: LoadTarget, parts: Partial<SocketOrder> = {}): SocketOrder {
  return {
    kind: "socket",
    target,
    path: "/",
    pattern: "echo",
    clients: 1,
    message: "hello",
    reply: null,
    window: 1,
    ...parts,
  };
}

export async function withDriver(order: SocketOrder, use: (tally: Tally) => Promise<void>): Promise<void> {
  const tally = new Tally();
  const driver = socketDriver(order, tally, PLACE);
  await driver.start();
  try {
    await use(tally);
  } finally {
    await driver.stop();
  }
}

/** What a right server does: pings get pongs, messages come back. */
export function echo({ socket }: Peer, code: number, payload: Buffer): void {
  if (code === opcode.ping) socket.write(serverFrame(opcode.pong, payload));
  else socket.write(serverFrame(code, payload));
}
