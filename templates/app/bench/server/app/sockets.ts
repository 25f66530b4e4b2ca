/**
 * The bench's WebSockets.
 *
 * A room is one worker's: what this server's own programs do too, as long as they bring no messages from thread to thread.
 * So a broadcast reaches the clients of the sender's worker, and its bench starts a server with one.
 */
import type { Socket, SocketHandlers } from "../../../src/runtime/port.ts";

const room = new Set<Socket>();

export const benchSockets = {
  "/ws/echo": {
    message(socket, message) {
      socket.send(message);
    },
  },

  /** Reads a JSON message and answers with one. */
  "/ws/json": {
    message(socket, message) {
      const { id } = JSON.parse(typeof message === "string" ? message : new TextDecoder().decode(message)) as {
        readonly id?: number | string;
      };
      socket.send(JSON.stringify({ id, ok: true }));
    },
  },

  /** Whoever opens it has joined; what one sends, all get, the sender too. */
  "/ws/room": {
    open(socket) {
      room.add(socket);
    },
    message(_, message) {
      for (const member of room) member.send(message);
    },
    close(socket) {
      room.delete(socket);
    },
  },
} satisfies Readonly<Record<string, SocketHandlers>>;
