/**
 * A connection that does a given piece of work, request after request, and then is done: for workloads whose amount is
 * fixed, where a load for a time would do more on a faster machine.
 */
import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { BenchError } from "../cli/bench-error.ts";
import { newHistogram, recordUs } from "./latency-histogram.ts";
import type { LoadTarget, RequestOrder } from "./order.ts";
import { requestImage } from "./request-image.ts";
import { ResponseParser } from "./response-parser.ts";

/** What all connections of a piece of work count. */
export interface WorkTally {
  done: number;
  readonly failures: Record<string, number>;
  readonly latency: Float64Array;
}

export function workTally(): WorkTally {
  return { done: 0, failures: {}, latency: newHistogram() };
}

export interface Work {
  readonly count: number;
  /** The request number `index` of this work; its body has to fit into memory. */
  request(index: number): RequestOrder;
}

interface Running extends Work {
  readonly tally: WorkTally;
  at: number;
  expected: RequestOrder["expected"];
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

export class WorkConnection {
  readonly #target: LoadTarget;
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  #running: Running | undefined;
  #sentMs = 0;
  #ended: Error | undefined;

  constructor(target: LoadTarget) {
    this.#target = target;
    this.#parser = new ResponseParser((status, bodyBytes) => this.#answered(status, bodyBytes));
    this.#socket = connect({ ...target, noDelay: true });
    this.#socket.on("data", (bytes: Buffer) => this.#read(bytes));
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the server closed a connection that had work left")));
  }

  /** Resolves when all is answered. Rejects when the connection is lost: the rest of the work cannot be done elsewhere. */
  run(work: Work, tally: WorkTally): Promise<void> {
    return new Promise((finish, fail) => {
      if (this.#ended) return fail(new BenchError(this.#ended.message));
      this.#running = { ...work, request: work.request.bind(work), tally, at: 0, expected: NOTHING, finish, fail };
      this.#next();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(): void {
    const running = this.#running;
    if (!running) return;
    if (running.at === running.count) {
      this.#running = undefined;
      running.finish();
      return;
    }
    const request = running.request(running.at);
    running.at += 1;
    running.expected = request.expected;
    this.#sentMs = performance.now();
    this.#socket.write(requestImage(request, this.#target).bytes);
  }

  #read(bytes: Buffer): void {
    try {
      this.#parser.push(bytes);
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      this.#socket.destroy();
    }
  }

  #answered(status: number, bodyBytes: number): void {
    const running = this.#running;
    if (!running) return;
    const { tally, expected } = running;
    recordUs(tally.latency, (performance.now() - this.#sentMs) * 1000);
    const kind = status !== expected.status ? "status" : isLength(bodyBytes, expected.bodyBytes) ? undefined : "length";
    if (kind === undefined) tally.done += 1;
    else tally.failures[kind] = (tally.failures[kind] ?? 0) + 1;
    this.#next();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const running = this.#running;
    this.#running = undefined;
    running?.fail(new BenchError(`A connection was lost: ${this.#ended.message}.`));
  }
}

const NOTHING: RequestOrder["expected"] = { status: 0, bodyBytes: null };

function isLength(bytes: number, expected: number | null): boolean {
  return expected === null || bytes === expected;
}
