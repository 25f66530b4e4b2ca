/** WebSockets of Bun.serve as the port has them: each message in a write of its own, or a turn's messages in one. */
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { BunBatches } from "./bun-batches.ts";
import { wholeSeconds } from "./bun-seconds.ts";
import { type BunSocket, outcomeOf, type SocketData } from "./bun-socket.ts";
import type { ListenOptions, Socket } from "./port.ts";

/** Bun's upper bound on a socket's idleTimeout, in seconds. */
const SOCKET_IDLE_S_MAX = 960;

/** How sockets are made, and what runs their handlers. */
interface Sending {
  socket(ws: BunSocket): Socket;
  /** Inside one of the socket's handlers, where Bun has corked it. */
  handled(ws: BunSocket, handle: () => void): void;
}

export function socketHandlers(open: Set<BunSocket>, options: ListenOptions): Bun.WebSocketHandler<SocketData> {
  const { messageBytesMax, unsentBytesMax, idleMs } = options.sockets;
  const sending = sendingOf(unsentBytesMax, options.memory);
  return {
    maxPayloadLength: messageBytesMax,
    backpressureLimit: unsentBytesMax,
    closeOnBackpressureLimit: true,
    idleTimeout: Math.min(wholeSeconds(idleMs), SOCKET_IDLE_S_MAX),
    sendPings: true,
    perMessageDeflate: false,
    open(ws) {
      open.add(ws);
      const socket = sending.socket(ws);
      ws.data.socket = socket;
      sending.handled(ws, () => ws.data.handlers.open?.(socket));
    },
    message(ws, message) {
      const { socket, handlers } = ws.data;
      if (socket) sending.handled(ws, () => handlers.message(socket, message));
    },
    close(ws, code, reason) {
      open.delete(ws);
      if (ws.data.socket) ws.data.handlers.close?.(ws.data.socket, code, reason);
    },
  };
}

function sendingOf(unsentBytesMax: number, memory: WorkerMemory | undefined): Sending {
  if (memory?.settings.frame_batch) return new BunBatches(unsentBytesMax, memory);
  return { socket: plainSocket, handled: (_ws, handle) => handle() };
}

function plainSocket(ws: BunSocket): Socket {
  return {
    send: (message) => outcomeOf(ws.send(message)),
    close: (code, reason) => ws.close(code, reason),
    unsentBytes: () => ws.getBufferedAmount(),
  };
}
