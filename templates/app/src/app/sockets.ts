/** Your WebSocket routes. Written once when the project was created; never touched again. */
import type { SocketHandlers } from "../runtime/port.ts";

export const sockets = {
  "/ws/echo": {
    message(socket, message) {
      socket.send(message);
    },
  },
} satisfies Record<string, SocketHandlers>;
