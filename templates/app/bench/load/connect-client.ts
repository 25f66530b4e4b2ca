/**
 * One client that opens a WebSocket, closes it as the protocol wants it (section 7.1.2: close frame, the server's close
 * frame, the server's end of the connection), and opens the next. A connection counts when its handshake is checked; its
 * latency runs from the call that connects. The next begins only when the last is gone, so closing is part of the pace.
 */
import type { Buffer } from "node:buffer";
import { REOPEN_MS, type SocketClient, type SocketLoad } from "./socket-client.ts";
import { SocketConnection } from "./socket-connection.ts";
import { clientFrame, closePayload, opcode } from "./socket-frames.ts";

const CLOSE_NORMAL = 1000;
const closeFrame: Buffer = clientFrame(opcode.close, closePayload(CLOSE_NORMAL));

export class ConnectClient implements SocketClient {
  readonly #load: SocketLoad;
  readonly #localAddress: string | undefined;
  #startedMs = 0;
  #connection: SocketConnection | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;

  constructor(load: SocketLoad, localAddress?: string) {
    this.#load = load;
    this.#localAddress = localAddress;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#open(resolve));
  }

  expire(sinceMs: number): void {
    if (this.#startedMs < sinceMs) this.#connection?.fail("timeout");
  }

  async stop(): Promise<void> {
    clearTimeout(this.#reopen);
    await this.#connection?.stop();
  }

  #open(settled: () => void): void {
    this.#startedMs = performance.now();
    const { route, tally } = this.#load;
    const connection = new SocketConnection(
      route,
      {
        opened: () => {
          tally.finished((performance.now() - this.#startedMs) * 1000);
          connection.send(closeFrame);
          settled();
        },
        messages: () => undefined,
        closed: (status) => {
          if (status === CLOSE_NORMAL) connection.leave();
          else connection.fail("closed");
        },
        ended: (failure) => {
          if (failure === undefined) {
            this.#open(() => undefined);
            return;
          }
          tally.failed(failure);
          this.#reopen = setTimeout(() => this.#open(() => undefined), REOPEN_MS);
          settled();
        },
      },
      this.#localAddress,
    );
    this.#connection = connection;
  }
}
