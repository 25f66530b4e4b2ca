/** What all clients of one segment share: the server, the counts, the open connections, and the moment to end. */
import type { LoadTarget } from "../load/order.ts";
import { pause } from "../method/pause.ts";
import { type CountName, type Counts, countTable } from "./counts.ts";
import type { FaultLog } from "./fault-log.ts";
import { type Answer, Wire, WireEnd } from "./wire.ts";

/** Far above the answer of any route here, even while a worker is replaced; below the clients' own patience with a server. */
export const ANSWER_MS_MAX = 20_000;

const BAD_REQUEST = 400;
/** The one status above 500 that says something of the request (RFC 9110, section 15.6.6). */
const HTTP_VERSION_NOT_SUPPORTED = 505;

export interface StageParts {
  readonly target: LoadTarget;
  readonly counts: Counts;
  readonly log: FaultLog;
  /** How long a request is waited for. */
  readonly answerMsMax: number;
  /** Whether a worker that is replaced breaks off the bodies that are still arriving; they are answered with 400. */
  readonly cutsUploads: boolean;
  /** Whether a worker is being replaced. */
  isRolling(): boolean;
}

export class Stage {
  readonly target: LoadTarget;
  readonly counts: Counts;
  readonly answerMsMax: number;
  /** Aborted when the segment is over: nobody starts anything, and whoever waits on purpose stops waiting. */
  readonly ending: AbortSignal;
  readonly #log: FaultLog;
  readonly #cutsUploads: boolean;
  readonly #isRolling: () => boolean;
  readonly #wires = new Set<Wire>();
  #isOver = false;

  constructor({ target, counts, log, answerMsMax, cutsUploads, isRolling }: StageParts, ending: AbortSignal) {
    this.target = target;
    this.counts = counts;
    this.answerMsMax = answerMsMax;
    this.ending = ending;
    this.#log = log;
    this.#cutsUploads = cutsUploads;
    this.#isRolling = isRolling;
  }

  /** A connection for the time of `use`, which asks for `asked`; destroyed when that is over, and counted when the server ended it too early. */
  async with(asked: string, use: (wire: Wire) => Promise<void>): Promise<void> {
    const wire = new Wire(this.target);
    this.#wires.add(wire);
    // A server that takes no connections leaves the client waiting as well.
    const timer = setTimeout(() => wire.giveUp(), this.answerMsMax);
    try {
      await wire.opened;
      clearTimeout(timer);
      await use(wire);
    } catch (error) {
      if (!(error instanceof WireEnd)) throw error;
      if (!this.#isOver) this.#ended(error, asked);
    } finally {
      clearTimeout(timer);
      wire.destroy();
      await wire.closed;
      this.#wires.delete(wire);
    }
  }

  /** Counts the answer to what was asked. `bodyBytes` undefined: any length. */
  took({ status, bodyBytes: got }: Answer, asked: string, bodyBytes?: number): void {
    if (status === 503 || status === 429) this.counts.shed += 1;
    else if (status >= 500) this.fault("server_errors", `${asked} answered ${status}`);
    else if (status !== 200) this.fault("wrong_status", `${asked} answered ${status}`);
    else if (bodyBytes !== undefined && bodyBytes !== got) {
      this.fault("wrong_length", `${asked} answered ${got} bytes instead of ${bodyBytes}`);
    } else this.counts.requests += 1;
  }

  /** The same for a request that is no valid one. undefined: the connection was closed instead, which is a way to refuse. */
  tookMalformed(answer: Answer | undefined, asked: string): void {
    const status = answer?.status ?? BAD_REQUEST;
    if (status === HTTP_VERSION_NOT_SUPPORTED || (status >= 400 && status < 500)) this.counts.malformed += 1;
    else if (status === 503) this.counts.shed += 1;
    else this.fault(status >= 500 ? "server_errors" : "malformed_taken", `${asked} answered ${status}`);
  }

  /** The same for a request with a body. */
  tookBody(answer: Answer, asked: string, bodyBytes?: number): void {
    if (answer.status === 400 && this.#cutsUploads && this.#isRolling()) this.counts.lost_to_rolls += 1;
    else this.took(answer, asked, bodyBytes);
  }

  fault(kind: CountName, what: string): void {
    this.counts[kind] += 1;
    this.#log.add(what, this.#isRolling());
  }

  pause(ms: number): Promise<void> {
    return pause(ms / 1000, this.ending);
  }

  /** Ends what is still open; nothing is counted for it. */
  over(): void {
    this.#isOver = true;
    for (const wire of this.#wires) wire.destroy();
  }

  /** A connection was lost that nobody here left. */
  lost(kind: "lost" | "refused" | "sockets_lost", asked: string): void {
    if (this.#isOver) return;
    if (this.#isRolling()) this.counts.lost_to_rolls += 1;
    else this.fault(kind, `${asked}: ${countTable[kind].text}`);
  }

  #ended({ kind }: WireEnd, asked: string): void {
    if (kind === "lost" || kind === "refused") this.lost(kind, asked);
    else this.fault(kind, `${asked}: ${countTable[kind].text}`);
  }
}
