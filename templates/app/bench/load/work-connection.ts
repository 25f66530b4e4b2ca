/**
 * A connection that does a given piece of work, request after request, and then is done: for workloads whose amount is
 * fixed, where a load for a time would do more on a faster machine.
 */
import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { BenchError } from "../cli/bench-error.ts";
import { ANSWER_MS_MAX } from "./answer-limit.ts";
import { newHistogram, recordUs } from "./latency-histogram.ts";
import type { LoadTarget, RequestOrder } from "./order.ts";
import { BODY_PIECE_BYTES, bodyPiece, requestImage } from "./request-image.ts";
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
  /** The request number `index` of this work. */
  request(index: number): RequestOrder;
}

interface Running extends Work {
  readonly tally: WorkTally;
  at: number;
  expected: RequestOrder["expected"];
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

/** As often as a load looks for requests without an answer. */
const EXPIRE_CHECK_MS = 500;

export class WorkConnection {
  readonly #target: LoadTarget;
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  #running: Running | undefined;
  #sentMs = 0;
  #ended: Error | undefined;
  readonly #answerMsMax: number;
  readonly #expiry: ReturnType<typeof setInterval>;

  constructor(target: LoadTarget, answerMsMax = ANSWER_MS_MAX) {
    this.#target = target;
    this.#answerMsMax = answerMsMax;
    this.#expiry = setInterval(() => this.#expire(), EXPIRE_CHECK_MS);
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
    clearInterval(this.#expiry);
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
    const { bytes, restBytes } = requestImage(request, this.#target);
    this.#socket.write(bytes);
    // All of them wait in the socket at once, as the one piece of memory that they are.
    for (let left = restBytes; left > 0; left -= BODY_PIECE_BYTES) {
      this.#socket.write(bodyPiece.subarray(0, Math.min(left, BODY_PIECE_BYTES)));
    }
  }

  /** One answer that does not come would keep all others of this piece of work waiting. */
  #expire(): void {
    const running = this.#running;
    if (!running || performance.now() - this.#sentMs < this.#answerMsMax) return;
    running.tally.failures.timeout = (running.tally.failures.timeout ?? 0) + 1;
    this.#end(new Error(`no answer within ${this.#answerMsMax} ms`));
    this.#socket.destroy();
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
    clearInterval(this.#expiry);
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
