/**
 * The project's own WebSocket feature (its limit, its counters) over the bench's sockets instead of the user's.
 *
 * Its module exists in projects with the feature only, so it is named at run time and nowhere in an import; a worker
 * that is restricted to what its features read is granted the server's own sources for that.
 */
import { fileURLToPath } from "node:url";
import type { Feature } from "../../../src/http/feature.ts";
import type { SocketHandlers } from "../../../src/runtime/port.ts";
import { benchSockets } from "./sockets.ts";

interface WebSocketModule {
  websocketFeature(sockets: Readonly<Record<string, SocketHandlers>>): Feature;
}

const SOURCES = "../../../src/";
const MODULE = `${SOURCES}features/websocket.ts`;

export function withBenchSockets(wired: Feature): Feature {
  return {
    ...wired,
    reads: () => [fileURLToPath(new URL(SOURCES, import.meta.url))],
    async install(services) {
      const { websocketFeature } = (await import(new URL(MODULE, import.meta.url).href)) as WebSocketModule;
      return websocketFeature(benchSockets).install(services);
    },
  };
}
