/**
 * What a load is: plain data, so that it can be sent to the generator's threads.
 *
 * Closed loop: a connection asks again when it has its answer, which finds the maximum. Open loop: requests fall due at a
 * fixed rate whatever the server does, and latency counts from that scheduled moment, so that a stall is seen by all who
 * would have met it (coordinated omission; Gil Tene, "How NOT to Measure Latency", 2015; wrk2).
 */
import type { LatencyPoint } from "./latency-histogram.ts";

/** Loopback only: a bench never loads another machine. */
export interface LoadTarget {
  readonly host: string;
  readonly port: number;
}

export interface RequestOrder {
  readonly method: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Body bytes to send; 0: none. Its content is the byte 0x78 ("x") unless `body` is given. */
  readonly bodyBytes: number;
  readonly body: string | null;
  /** What every answer must be like; anything else is an error. `bodyBytes` null: any length. */
  readonly expected: { readonly status: number; readonly bodyBytes: number | null };
}

export interface HttpOrder {
  readonly kind: "http";
  readonly target: LoadTarget;
  /** Sent in turn on each connection. */
  readonly requests: readonly RequestOrder[];
  readonly connections: number;
  readonly model:
    | { readonly kind: "closed"; readonly pipeline: number }
    /** All connections together; a request that finds no free connection waits, and its wait counts. */
    | { readonly kind: "open"; readonly ratePerS: number };
  /** Requests after which the client closes and opens anew; 0: never. */
  readonly requestsPerConnection: number;
}

export interface SocketOrder {
  readonly kind: "socket";
  readonly target: LoadTarget;
  readonly path: string;
  /** echo: each client sends when its answer is there. broadcast: one sends, all receive. connect: handshake, close, again. */
  readonly pattern: "echo" | "broadcast" | "connect";
  readonly clients: number;
  /** A text message, or so many binary bytes. */
  readonly message: string | number;
  /** What must come back, each time; null: the message itself. */
  readonly reply: string | null;
  /** Messages under way at once: per client (echo), or of the sender (broadcast). */
  readonly window: number;
}

export interface IdleOrder {
  readonly kind: "idle";
  readonly target: LoadTarget;
  /** WebSockets; or HTTP connections that made one request, were answered, and then stay. */
  readonly protocol: "http" | "websocket";
  readonly path: string;
  readonly connections: number;
  /** New connections per second at most, so that no accept queue overflows. */
  readonly openPerS: number;
}

export type LoadOrder = HttpOrder | SocketOrder | IdleOrder;

export interface LoadTimes {
  readonly warmupSeconds: number;
  readonly seconds: number;
}

/** What a load counted within the measured time. All threads together. */
export interface LoadCounts {
  /** Answers as expected (HTTP), messages sent and answered (echo), deliveries (broadcast), handshakes (connect), connections open (idle). */
  readonly done: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Counts by bucket of `latency-histogram.ts`; from the scheduled moment in an open loop. Empty: see `quantiles`. */
  readonly latency: Float64Array;
  /** From a tool that tells only these; undefined: `latency` has them all. Read both through `latency-of.ts`. */
  readonly quantiles?: readonly LatencyPoint[];
  /**
   * Open loop: by how much requests left later than they could (after their moment, or after a connection was free), in
   * the same buckets; else empty. It is the generator's fault.
   */
  readonly lateness: Float64Array;
  /** Body bytes received and sent. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** CPU time of the generator; null: not known. */
  readonly generatorCpuSeconds: number | null;
  readonly generatorThreads: number;
  /**
   * Open loop: time in which the generator's threads had nothing to read or send, all together. They wait by spinning, so
   * their CPU time says nothing of whether they kept up. undefined: not known, as of threads that do not spin.
   */
  readonly generatorIdleSeconds?: number;
}
