/**
 * One client that keeps `window` messages under way: whenever echoes come, as many messages go out. Echoes come in the order
 * of their messages, so the oldest moment of sending belongs to the next echo (RFC 6455, section 5.4: no message overtakes
 * another). Bound: `window` moments.
 */
import { REOPEN_MS, type SocketClient, type SocketLoad } from "./socket-client.ts";
import { SocketConnection } from "./socket-connection.ts";
import type { FailureKind } from "./tally.ts";

export class EchoClient implements SocketClient {
  readonly #load: SocketLoad;
  readonly #localAddress: string | undefined;
  readonly #sentMs: Float64Array;
  #oldest = 0;
  #waiting = 0;
  /** undefined: the connection is open. */
  #openingMs: number | undefined;
  #connection: SocketConnection | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;

  constructor(load: SocketLoad, localAddress?: string) {
    this.#load = load;
    this.#localAddress = localAddress;
    this.#sentMs = new Float64Array(load.window);
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#open(resolve));
  }

  expire(sinceMs: number): void {
    if (this.#openingMs !== undefined) {
      if (this.#openingMs < sinceMs) this.#connection?.fail("timeout");
    } else if (this.#waiting > 0 && (this.#sentMs[this.#oldest] as number) < sinceMs) this.#connection?.fail("timeout");
  }

  async stop(): Promise<void> {
    clearTimeout(this.#reopen);
    await this.#connection?.stop();
  }

  #open(settled: () => void): void {
    this.#waiting = 0;
    this.#openingMs = performance.now();
    const connection = new SocketConnection(
      this.#load.route,
      {
        opened: () => {
          this.#openingMs = undefined;
          this.#send(this.#load.window);
          settled();
        },
        messages: (count) => this.#receive(count),
        // The server has no reason to close; the end of the connection, which follows, counts as "closed".
        closed: () => connection.fail("closed"),
        ended: (failure) => {
          this.#end(failure);
          settled();
        },
      },
      this.#localAddress,
    );
    this.#connection = connection;
  }

  #send(count: number): void {
    const { burst, frameBytes, payloadBytes, window, tally } = this.#load;
    const nowMs = performance.now();
    for (let sent = 0; sent < count; sent += 1) this.#sentMs[(this.#oldest + this.#waiting + sent) % window] = nowMs;
    this.#waiting += count;
    tally.bytesOut += count * payloadBytes;
    this.#connection?.send(count === window ? burst : burst.subarray(0, count * frameBytes));
  }

  #receive(count: number): void {
    const { tally, window, replyBytes } = this.#load;
    // More echoes than messages.
    if (count > this.#waiting) {
      this.#connection?.fail("malformed");
      return;
    }
    const nowMs = performance.now();
    for (let seen = 0; seen < count; seen += 1) {
      tally.finished((nowMs - (this.#sentMs[this.#oldest] as number)) * 1000);
      this.#oldest = (this.#oldest + 1) % window;
    }
    this.#waiting -= count;
    tally.bytesIn += count * replyBytes;
    this.#send(count);
  }

  #end(failure: FailureKind | undefined): void {
    this.#load.tally.failed(failure ?? "closed");
    this.#reopen = setTimeout(() => this.#open(() => undefined), REOPEN_MS);
  }
}
