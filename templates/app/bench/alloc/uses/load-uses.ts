/** The load of a use: clients in closed loops, over HTTP and WebSockets, in this thread. */
import { HttpConnection } from "../../load/http-connection.ts";
import { RequestImages } from "../../load/request-image.ts";
import { Tally } from "../../load/tally.ts";
import { FrameClient } from "./frame-client.ts";
import type { HttpClients, UseLoad } from "./use-cases.ts";
import type { UseServer } from "./use-server.ts";

export interface RunningLoad {
  /** Requests answered so far; a WebSocket message with its replies is one. */
  answered(): number;
  failures(): number;
  stop(): void;
}

const HOST = "127.0.0.1";

/** Judged by the status alone: the length of the metrics page changes with its numbers. */
const expected = { status: 200, bodyBytes: null };

export function startUseLoad({ ports }: UseServer, load: UseLoad): RunningLoad {
  const tally = new Tally();
  const clients = load.http.flatMap((http) => httpClients(http, ports[http.listener], tally));
  const sockets = Array.from({ length: load.sockets }, () => new FrameClient(HOST, ports.data, tally, load.replies));
  for (const client of [...clients, ...sockets]) client.open();
  return {
    answered: () => tally.done,
    failures: () => Object.values(tally.failures).reduce((sum, count) => sum + count, 0),
    stop() {
      for (const client of [...clients, ...sockets]) client.stop();
    },
  };
}

function httpClients({ connections, requests }: HttpClients, port: number, tally: Tally): readonly HttpConnection[] {
  const images = new RequestImages(
    requests.map((bytes) => ({ bytes, restBytes: 0, bodyBytes: 0, expected })),
    1,
  );
  const options = {
    host: HOST,
    port,
    images,
    tally,
    requestsPerConnection: 0,
    onFree: (connection: HttpConnection, _sinceMs: number, nowMs: number) => connection.send(nowMs, nowMs),
    onFirst: () => undefined,
  };
  // Each begins with the first request, so that the mixture is the same however many there are.
  return Array.from({ length: connections }, () => new HttpConnection(options, 0));
}
