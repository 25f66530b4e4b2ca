/** A thread's share of a WebSocket load: clients of the order's pattern over raw sockets, no library between. */
import { BroadcastRoom } from "./broadcast-room.ts";
import { ConnectClient } from "./connect-client.ts";
import type { Driver, Place } from "./driver.ts";
import { EchoClient } from "./echo-client.ts";
import { expectMessage } from "./frame-reader.ts";
import { localAddressOf } from "./local-addresses.ts";
import type { SocketOrder } from "./order.ts";
import { openPaced } from "./paced-opening.ts";
import type { SocketClient, SocketLoad } from "./socket-client.ts";
import { clientFrame, messageOf, repeatFrame } from "./socket-frames.ts";
import { newHandshake } from "./socket-handshake.ts";
import type { Tally } from "./tally.ts";

/** A message that waits longer than this has failed: five orders of magnitude above a normal answer. */
const ANSWER_MS_MAX = 5000;
const EXPIRE_CHECK_MS = 1000;

export function socketDriver(order: SocketOrder, tally: Tally, { threads }: Place): Driver {
  const clients = clientsOf(order, socketLoad(order, tally), threads);
  const life = new AbortController();
  let expiry: ReturnType<typeof setInterval> | undefined;
  return {
    async start() {
      expiry = setInterval(() => {
        const sinceMs = performance.now() - ANSWER_MS_MAX;
        for (const client of clients) client.expire(sinceMs);
      }, EXPIRE_CHECK_MS);
      const pace = { perS: Number.POSITIVE_INFINITY, signal: life.signal };
      await openPaced(clients.length, pace, (index) => clients[index]?.start() ?? Promise.resolve());
    },
    async stop() {
      clearInterval(expiry);
      life.abort();
      await Promise.all(clients.map((client) => client.stop()));
    },
  };
}

/** What all clients of the share have in common, built once. */
export function socketLoad({ target, path, pattern, message, reply, window }: SocketOrder, tally: Tally): SocketLoad {
  const sent = messageOf(message);
  const frame = clientFrame(sent.code, sent.payload);
  const awaited = reply === null ? sent : messageOf(reply);
  return {
    route: {
      target,
      handshake: newHandshake(target, path),
      expected: pattern === "connect" ? undefined : expectMessage(awaited),
    },
    tally,
    burst: repeatFrame(frame, window),
    frameBytes: frame.length,
    payloadBytes: sent.payload.length,
    replyBytes: awaited.payload.length,
    window,
  };
}

function clientsOf({ pattern, clients }: SocketOrder, load: SocketLoad, threads: number): readonly SocketClient[] {
  const each = (make: (index: number) => SocketClient) => Array.from({ length: clients }, (_, index) => make(index));
  switch (pattern) {
    case "echo":
      return each((index) => new EchoClient(load, localAddressOf(index, threads)));
    case "broadcast":
      return [new BroadcastRoom(load, clients)];
    case "connect":
      return each((index) => new ConnectClient(load, localAddressOf(index, threads)));
  }
}
