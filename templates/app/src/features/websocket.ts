/**
 * WebSockets: the user's sockets with an exact limit on open ones, and counters.
 *
 * Message size, unsent bytes and idle time are enforced by the adapter (`SocketLimits`), because only it sees frames.
 */
import type { Feature, FeatureHooks, FeatureServices } from "../http/feature.ts";
import { HttpError, problemResponse } from "../http/http-error.ts";
import type { Socket, SocketEntry, SocketHandlers } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";

type Sockets = Readonly<Record<string, SocketHandlers>>;

export const websocket: Feature = {
  name: "websocket",
  async install(services) {
    // Imported here only: with worker threads the main thread never loads the user's code.
    const { sockets } = await import("../app/sockets.ts");
    return socketHooks(sockets, services);
  },
};

/** The feature over a table of sockets: exact path to handlers. */
export function websocketFeature(sockets: Sockets): Feature {
  return { name: "websocket", install: (services) => socketHooks(sockets, services) };
}

function socketHooks(sockets: Sockets, services: FeatureServices): FeatureHooks {
  return {
    sockets: Object.entries(sockets).map(([pattern, handlers]) => socketEntry(pattern, handlers, services)),
  };
}

function socketEntry(pattern: string, handlers: SocketHandlers, services: FeatureServices): SocketEntry {
  const { zones, config } = services;
  return {
    pattern,
    handlers: countedHandlers(handlers, pattern, services),
    admit() {
      if (zones.sockets.total < config.websocket.connections_max) return undefined;
      add(zones.counters, counter.socketsRefused, 1);
      return problemResponse(
        new HttpError(503, "SOCKETS_FULL", "The server is at its limit of WebSockets.", { "retry-after": "5" }),
      );
    },
  };
}

/**
 * The limit is taken when the socket is open, so a handshake that fails half-way holds no place. A handler that throws
 * ends its own socket with 1011 and nothing else: what a stranger sends must not end a worker.
 */
function countedHandlers(handlers: SocketHandlers, pattern: string, services: FeatureServices): SocketHandlers {
  const counted = new Map<Socket, Socket>();
  const { zones, logger } = services;
  const { counters } = zones;

  function fail(socket: Socket, error: unknown): void {
    add(counters, counter.handlerErrors, 1);
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    logger.error("a socket handler failed", { path: pattern, error: text });
    socket.close(1011, "the server failed");
  }

  function guarded(socket: Socket, handle: () => unknown): void {
    try {
      const result = handle();
      if (result instanceof Promise) result.catch((error: unknown) => fail(socket, error));
    } catch (error) {
      fail(socket, error);
    }
  }

  return {
    open(socket) {
      if (!zones.sockets.acquire(1)) {
        add(counters, counter.socketsRefused, 1);
        socket.close(1013, "the server is at its limit of sockets");
        return;
      }
      add(counters, counter.socketsOpened, 1);
      const seen = countedSocket(socket, counters);
      counted.set(socket, seen);
      guarded(socket, () => handlers.open?.(seen));
    },
    message(socket, message) {
      const seen = counted.get(socket);
      if (!seen) return;
      add(counters, counter.socketMessagesIn, 1);
      add(counters, counter.socketBytesIn, message.length);
      guarded(socket, () => handlers.message(seen, message));
    },
    close(socket, code, reason) {
      const seen = counted.get(socket);
      if (!seen) return;
      counted.delete(socket);
      zones.sockets.release(1);
      add(counters, counter.socketsClosed, 1);
      guarded(socket, () => handlers.close?.(seen, code, reason));
    },
  };
}

/** Text counts in UTF-16 units: encoding it only to count would cost more than the number is worth. */
function countedSocket(socket: Socket, counters: Float64Array): Socket {
  return {
    send(message) {
      const outcome = socket.send(message);
      if (outcome === "dropped") {
        add(counters, counter.socketMessagesDropped, 1);
      } else {
        add(counters, counter.socketMessagesOut, 1);
        add(counters, counter.socketBytesOut, message.length);
      }
      return outcome;
    },
    close: (code, reason) => socket.close(code, reason),
    unsentBytes: () => socket.unsentBytes(),
  };
}
