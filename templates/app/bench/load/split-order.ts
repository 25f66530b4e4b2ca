/** An order as shares, one for each thread: connections as even as they go, rates alike. */
import type { LoadOrder } from "./order.ts";

/**
 * At most one share for each connection; the connections of all shares together are those of the order. A room of WebSockets
 * is one share: only a thread that sees all deliveries of a broadcast knows when the next may go.
 */
export function splitOrder(order: LoadOrder, threads: number): readonly LoadOrder[] {
  const connections = order.kind === "socket" ? order.clients : order.connections;
  const isRoom = order.kind === "socket" && order.pattern === "broadcast";
  const count = isRoom ? 1 : Math.max(1, Math.min(threads, connections));
  return Array.from({ length: count }, (_, thread) => {
    const part = Math.floor(connections / count) + (thread < connections % count ? 1 : 0);
    return shareOf(order, part, count);
  });
}

/** `connections`: of this share. `count`: of all shares. */
function shareOf(order: LoadOrder, connections: number, count: number): LoadOrder {
  switch (order.kind) {
    case "http":
      return { ...order, connections, model: modelOf(order.model, count) };
    case "socket":
      return { ...order, clients: connections };
    case "idle":
      return { ...order, connections, openPerS: order.openPerS / count };
  }
}

type Model = Extract<LoadOrder, { readonly kind: "http" }>["model"];

function modelOf(model: Model, count: number): Model {
  return model.kind === "open" ? { ...model, ratePerS: model.ratePerS / count } : model;
}
