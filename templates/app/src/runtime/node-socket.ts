/** WebSockets of the package `ws` as the port has them: each message in a write of its own, or a turn's messages in one. */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { WebSocket as NodeSocket } from "ws";
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { BATCH_BYTES_MAX, FrameBatches } from "./frame-batch.ts";
import type { Socket, SocketLimits } from "./port.ts";

export interface WritableSocket {
  readonly socket: Socket;
  /** Writes what waits: before the connection is destroyed. */
  release(): void;
}

export type MakeSocket = (ws: NodeSocket, connection: Duplex) => WritableSocket;

/** @param memory undefined: nothing is batched */
export function socketMaker(limits: SocketLimits, memory: WorkerMemory | undefined): MakeSocket {
  if (!memory?.settings.frame_batch) return (ws) => ({ socket: plainSocket(ws, limits), release: () => undefined });
  const batches = new FrameBatches();
  memory.books.open("frame", () => batches.reading());
  return (ws, connection) => batchedSocket(ws, connection, limits, batches);
}

function plainSocket(ws: NodeSocket, limits: SocketLimits): Socket {
  return {
    send(message) {
      if (ws.readyState !== ws.OPEN) return "dropped";
      if (ws.bufferedAmount > limits.unsentBytesMax) return tooSlow(ws);
      ws.send(message);
      return ws.bufferedAmount === 0 ? "sent" : "queued";
    },
    close: (code, reason) => ws.close(code, reason),
    unsentBytes: () => ws.bufferedAmount,
  };
}

function tooSlow(ws: NodeSocket): "dropped" {
  ws.close(1013, "the receiver is too slow");
  return "dropped";
}

/**
 * The connection is corked from the first message of a turn to the turn's end: node:stream keeps what is written then, in
 * its order and with pings and closes between, and writes it at once. `end` uncorks by itself.
 */
function batchedSocket(
  ws: NodeSocket,
  connection: Duplex,
  limits: SocketLimits,
  batches: FrameBatches,
): WritableSocket {
  let isHeld = false;
  let isAwaited = false;
  /** Whether nothing of earlier turns waited when the batch began. */
  let wasEmpty = false;
  let bytes = 0;

  function release(): void {
    if (!isHeld) return;
    isHeld = false;
    batches.written(bytes);
    bytes = 0;
    connection.uncork();
  }

  function onTurnEnd(): void {
    isAwaited = false;
    release();
  }

  function hold(): void {
    wasEmpty = ws.bufferedAmount === 0;
    isHeld = true;
    connection.cork();
    if (isAwaited) return;
    isAwaited = true;
    batches.atTurnEnd(onTurnEnd);
  }

  function outcome(isEmpty: boolean): "sent" | "queued" {
    return isEmpty ? "sent" : "queued";
  }

  const socket: Socket = {
    send(message) {
      if (ws.readyState !== ws.OPEN) return "dropped";
      if (ws.bufferedAmount > limits.unsentBytesMax) {
        // What only waits for the end of the turn is no sign of a slow receiver.
        release();
        if (ws.bufferedAmount > limits.unsentBytesMax) return tooSlow(ws);
      }
      if (!isHeld) hold();
      const before = connection.writableLength;
      // A view would be read at the end of the turn, when it may hold something else.
      ws.send(typeof message === "string" ? message : Buffer.from(message));
      const added = connection.writableLength - before;
      bytes += added;
      batches.added(added);
      if (bytes < BATCH_BYTES_MAX) return outcome(wasEmpty);
      batches.cutShort();
      release();
      return outcome(ws.bufferedAmount === 0);
    },
    close: (code, reason) => ws.close(code, reason),
    unsentBytes: () => ws.bufferedAmount,
  };
  return { socket, release };
}
