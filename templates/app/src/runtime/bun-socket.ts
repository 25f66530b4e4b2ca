/** One of Bun's WebSockets with what the adapter keeps beside it. */
import type { Socket, SocketHandlers } from "./port.ts";

export interface SocketData {
  readonly handlers: SocketHandlers;
  socket: Socket | undefined;
}

export type BunSocket = Bun.ServerWebSocket<SocketData>;

/** Bun returns the bytes sent, -1 for what is queued, and 0 for what is dropped. */
export function outcomeOf(result: number): "sent" | "queued" | "dropped" {
  if (result > 0) return "sent";
  return result === -1 ? "queued" : "dropped";
}
