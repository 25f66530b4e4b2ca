/**
 * The sender of an open loop: gives each request that is due a free connection, and where there is none, the first that
 * becomes free. A request's latency counts from its scheduled moment, so waiting for a connection counts.
 *
 * A timer is no finer than 1 ms, which is ten times what an answer takes. So the sender looks at the clock at every turn of
 * the event loop (it spins), and sleeps only when the next request is further away than a timer may be late. That takes all
 * of its CPU; where server and generator share a single one, it takes turns of 1 ms instead and sends what fell due meanwhile.
 *
 * A spinning thread is always busy, so whether it keeps up is told by its idle time: that of the turns in which nothing was
 * read or sent. One that has none left sends each request as soon as it gets to it, late only by its own queue, which no
 * clock here sees: connections are read late and so become free late.
 */
import { clearImmediate, setImmediate } from "node:timers";
import { ANSWER_MS_MAX } from "./answer-limit.ts";
import type { HttpConnection } from "./http-connection.ts";
import { recordUs } from "./latency-histogram.ts";
import { OpenSchedule } from "./open-schedule.ts";
import type { Tally } from "./tally.ts";

/** Timers are whole milliseconds and may be late by some (assumed); below this the sender spins. */
const TIMER_MS = 4;

/** What it sends with. */
export type OpenConnection = Pick<HttpConnection, "freeSinceMs" | "isUsable" | "send" | "pending">;

/** An empty turn takes some 10 us. In a longer one other programs had the CPU (assumed), and nothing could have been sent. */
const EMPTY_TURN_MS_MAX = 0.2;

export interface OpenLoopOptions {
  readonly ratePerS: number;
  /** 0..1 of an interval. */
  readonly phase: number;
  readonly spins: boolean;
}

export class OpenLoop {
  readonly #tally: Tally;
  readonly #options: OpenLoopOptions;
  /** In the order in which they became free, so that all are used, and all workers behind them. Each is in it once. */
  readonly #free = new Set<OpenConnection>();
  #schedule: OpenSchedule | undefined;
  #immediate: ReturnType<typeof setImmediate> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  /** Idle time is counted up to here. */
  #countedMs = 0;
  #isAsleep = false;

  constructor(tally: Tally, options: OpenLoopOptions) {
    this.#tally = tally;
    this.#options = options;
  }

  start(): void {
    if (this.#stopped) return;
    const { ratePerS, phase } = this.#options;
    const startMs = performance.now();
    this.#schedule = new OpenSchedule(ratePerS, { startMs, phase });
    this.#countedMs = startMs;
    this.#turn();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#immediate) clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
  }

  /** The connection may send: it has its answer, or is new. */
  free(connection: OpenConnection, nowMs: number): void {
    connection.freeSinceMs = nowMs;
    this.#free.add(connection);
    if (this.#isAsleep) this.#countIdle(nowMs);
    if (this.#schedule && !this.#stopped) this.#sendDue(this.#schedule, nowMs);
  }

  /**
   * The measured time is over. What is due and not answered has waited at least until now, and counts with that; what has
   * not even left in the time that an answer may take is a failure besides.
   */
  settle(connections: readonly OpenConnection[]): void {
    const nowMs = performance.now();
    const { latency } = this.#tally;
    this.#countIdle(nowMs);
    for (const connection of connections) connection.pending((sinceMs) => recordUs(latency, (nowMs - sinceMs) * 1000));
    // With a free connection they fell due within this turn.
    if (!this.#schedule || this.#firstFree()) return;
    const unsent = this.#schedule.dueAt(nowMs);
    for (let count = 0; count < unsent; count += 1) {
      const waitedMs = nowMs - this.#schedule.nextMs;
      recordUs(latency, waitedMs * 1000);
      if (waitedMs > ANSWER_MS_MAX) this.#tally.failed("unsent");
      this.#schedule.take();
    }
  }

  readonly #turn = (): void => {
    const schedule = this.#schedule;
    if (this.#stopped || !schedule) return;
    const nowMs = performance.now();
    this.#countIdle(nowMs);
    this.#sendDue(schedule, nowMs);
    const waitMs = schedule.nextMs - nowMs;
    this.#isAsleep = waitMs > TIMER_MS;
    if (waitMs > TIMER_MS) this.#timer = setTimeout(this.#turn, waitMs - TIMER_MS / 2);
    else if (this.#options.spins) this.#immediate = setImmediate(this.#turn);
    else this.#timer = setTimeout(this.#turn, 1);
  };

  /** A sleep is idle until something comes; a turn of the event loop only when nothing was done in it. */
  #countIdle(nowMs: number): void {
    const tally = this.#tally;
    const turnMs = nowMs - this.#countedMs;
    if (this.#isAsleep) tally.idleMs += turnMs;
    else if (!tally.hasWorked) tally.idleMs += Math.min(turnMs, EMPTY_TURN_MS_MAX);
    tally.hasWorked = false;
    this.#countedMs = nowMs;
  }

  #sendDue(schedule: OpenSchedule, nowMs: number): void {
    for (let dueMs = schedule.nextMs; dueMs <= nowMs; dueMs = schedule.nextMs) {
      const connection = this.#firstFree();
      if (!connection) return;
      this.#free.delete(connection);
      schedule.take();
      // Waiting for a connection is the server's doing; what comes on top of it is this sender's.
      this.#tally.late((nowMs - Math.max(dueMs, connection.freeSinceMs)) * 1000);
      connection.send(dueMs, nowMs);
    }
  }

  /** Connections that were lost while they were free are left out; they come back when they are open again. */
  #firstFree(): OpenConnection | undefined {
    for (const connection of this.#free) {
      if (connection.isUsable) return connection;
      this.#free.delete(connection);
    }
    return undefined;
  }
}
