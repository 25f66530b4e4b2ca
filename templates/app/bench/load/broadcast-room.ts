/**
 * A room of clients: the first one sends, with `window` broadcasts under way, and all receive, the sender too.
 *
 * All clients of a room are in one thread, so that counting what each has received takes no message between threads. What
 * counts is a delivery; latency runs from the sending of a broadcast to its last delivery, one latency for each broadcast: that
 * is when all know. Nobody sends before all have joined, which a ping proves: a server reads it after it has told its handlers
 * of the new client. A room that loses a client, or a broadcast, starts anew as a whole.
 * Bound: `window` broadcasts, one number for each client.
 */
import { recordUs } from "./latency-histogram.ts";
import { localAddressOf } from "./local-addresses.ts";
import { openPaced } from "./paced-opening.ts";
import { REOPEN_MS, type SocketClient, type SocketLoad } from "./socket-client.ts";
import { SocketConnection } from "./socket-connection.ts";
import type { FailureKind } from "./tally.ts";

export class BroadcastRoom implements SocketClient {
  readonly #load: SocketLoad;
  readonly #clients: number;
  readonly #received: Float64Array;
  /** By client: since when it joins; Infinity: it does not. */
  readonly #joiningMs: Float64Array;
  /** By broadcast, modulo the window: deliveries to come, and when it was sent. */
  readonly #left: Float64Array;
  readonly #sentMs: Float64Array;
  #sent = 0;
  #complete = 0;
  #members: SocketConnection[] = [];
  #life = new AbortController();
  #reopen: ReturnType<typeof setTimeout> | undefined;

  constructor(load: SocketLoad, clients: number) {
    this.#load = load;
    this.#clients = clients;
    this.#received = new Float64Array(clients);
    this.#joiningMs = new Float64Array(clients).fill(Number.POSITIVE_INFINITY);
    this.#left = new Float64Array(load.window);
    this.#sentMs = new Float64Array(load.window);
  }

  async start(): Promise<void> {
    this.#sent = 0;
    this.#complete = 0;
    this.#received.fill(0);
    this.#joiningMs.fill(Number.POSITIVE_INFINITY);
    this.#members = [];
    this.#life = new AbortController();
    const { signal } = this.#life;
    await openPaced(this.#clients, { perS: Number.POSITIVE_INFINITY, signal }, (index) => this.#join(index));
    if (!signal.aborted) this.#send(this.#load.window);
  }

  expire(sinceMs: number): void {
    const isWaiting = this.#complete < this.#sent;
    if (isWaiting && (this.#sentMs[this.#complete % this.#load.window] as number) < sinceMs) this.#fail("timeout");
    else if (this.#joiningMs.some((joiningMs) => joiningMs < sinceMs)) this.#fail("timeout");
  }

  async stop(): Promise<void> {
    clearTimeout(this.#reopen);
    this.#life.abort();
    await Promise.all(this.#members.map((member) => member.stop()));
  }

  #join(index: number): Promise<void> {
    this.#joiningMs[index] = performance.now();
    return new Promise((resolve) => {
      const member = new SocketConnection(
        this.#load.route,
        {
          opened: () => member.ping(),
          pong: () => {
            this.#joiningMs[index] = Number.POSITIVE_INFINITY;
            resolve();
          },
          messages: (count) => this.#receive(index, count),
          closed: () => member.fail("closed"),
          ended: (failure) => {
            resolve();
            this.#fail(failure ?? "closed");
          },
        },
        localAddressOf(index, 1),
      );
      this.#members.push(member);
    });
  }

  #send(count: number): void {
    const { burst, frameBytes, payloadBytes, window, tally } = this.#load;
    const nowMs = performance.now();
    for (let sent = 0; sent < count; sent += 1) {
      const place = (this.#sent + sent) % window;
      this.#left[place] = this.#clients;
      this.#sentMs[place] = nowMs;
    }
    this.#sent += count;
    tally.bytesOut += count * payloadBytes;
    this.#members[0]?.send(count === window ? burst : burst.subarray(0, count * frameBytes));
  }

  #receive(index: number, count: number): void {
    const { window, tally, replyBytes } = this.#load;
    const first = this.#received[index] as number;
    const end = first + count;
    // More than was sent.
    if (end > this.#sent) {
      this.#fail("malformed");
      return;
    }
    this.#received[index] = end;
    tally.done += count;
    tally.bytesIn += count * replyBytes;
    let completed = 0;
    for (let broadcast = first; broadcast < end; broadcast += 1) {
      const place = broadcast % window;
      const left = (this.#left[place] as number) - 1;
      this.#left[place] = left;
      if (left > 0) continue;
      completed += 1;
      recordUs(tally.latency, (performance.now() - (this.#sentMs[place] as number)) * 1000);
    }
    if (completed === 0) return;
    this.#complete += completed;
    this.#send(completed);
  }

  #fail(kind: FailureKind): void {
    if (this.#life.signal.aborted) return;
    this.#load.tally.failed(kind);
    void this.stop();
    this.#reopen = setTimeout(() => void this.start(), REOPEN_MS);
  }
}
