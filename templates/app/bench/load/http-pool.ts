/** The connections of a share: opened in steps, watched for requests without an answer, closed together. */
import { ANSWER_MS_MAX } from "./answer-limit.ts";
import { HttpConnection, type HttpConnectionOptions } from "./http-connection.ts";
import type { HttpOrder } from "./order.ts";
import { RequestImages, requestImage } from "./request-image.ts";
import type { Tally } from "./tally.ts";

const EXPIRE_CHECK_MS = 500;
/** New connections per turn of the event loop: below every backlog, which holds what is not yet accepted. */
const OPEN_BATCH = 32;

export class HttpPool {
  readonly connections: readonly HttpConnection[];
  #opener: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setInterval> | undefined;
  #firsts = 0;
  #allTried: () => void = () => undefined;

  constructor(order: HttpOrder, tally: Tally, depth: number, onFree: HttpConnectionOptions["onFree"]) {
    const { requests, target, requestsPerConnection } = order;
    const options: HttpConnectionOptions = {
      ...target,
      images: new RequestImages(
        requests.map((request) => requestImage(request, target)),
        depth,
      ),
      tally,
      requestsPerConnection,
      onFree,
      onFirst: () => {
        this.#firsts += 1;
        if (this.#firsts === this.connections.length) this.#allTried();
      },
    };
    this.connections = Array.from({ length: order.connections }, (_, turn) => new HttpConnection(options, turn));
  }

  /** Resolves when each connection was opened, or could not be. */
  open(): Promise<void> {
    this.#expiry = setInterval(() => {
      const beforeMs = performance.now() - ANSWER_MS_MAX;
      for (const connection of this.connections) connection.expire(beforeMs);
    }, EXPIRE_CHECK_MS);
    return new Promise((resolve) => {
      this.#allTried = resolve;
      this.#openFrom(0);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#opener);
    clearInterval(this.#expiry);
    await Promise.all(this.connections.map((connection) => connection.stop()));
  }

  #openFrom(first: number): void {
    const next = first + OPEN_BATCH;
    for (const connection of this.connections.slice(first, next)) connection.open();
    if (next < this.connections.length) this.#opener = setTimeout(() => this.#openFrom(next), 1);
  }
}
