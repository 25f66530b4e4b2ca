/** The load of a use: clients in closed loops, over HTTP and WebSockets, in this thread. */
import { Connection } from "../../load/connection.ts";
import { Tally } from "../../load/tally.ts";
import { FrameClient } from "./frame-client.ts";
import type { UseLoad } from "./use-cases.ts";
import type { UseServer } from "./use-server.ts";

export interface RunningLoad {
  /** Requests answered so far; a WebSocket message with its replies is one. */
  answered(): number;
  failures(): number;
  stop(): void;
}

const HOST = "127.0.0.1";

/** Judges by the status alone: the length of the metrics page changes with its numbers. */
class StatusTally extends Tally {
  override answered(_us: number, status: number): void {
    if (status === 200) this.requests += 1;
    else this.failures.status += 1;
  }
}

export function startUseLoad({ ports }: UseServer, load: UseLoad): RunningLoad {
  const tally = new StatusTally();
  const expected = { status: 200, bodyBytes: 0 };
  const clients = load.http.flatMap(({ listener, connections, requests }) =>
    Array.from(
      { length: connections },
      () => new Connection({ host: HOST, port: ports[listener], requests, expected, tally }),
    ),
  );
  const sockets = Array.from({ length: load.sockets }, () => new FrameClient(HOST, ports.data, tally, load.replies));
  for (const client of [...clients, ...sockets]) client.open();
  return {
    answered: () => tally.requests,
    failures: () => Object.values(tally.failures).reduce((sum, count) => sum + count, 0),
    stop() {
      for (const client of [...clients, ...sockets]) client.stop();
    },
  };
}
