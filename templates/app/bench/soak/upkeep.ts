/** What an operator does to a running server: reloads by signal, and replacements of all workers, one after the other. */
import process from "node:process";
import { BEAT_MS } from "../../src/zones/zones.ts";
import { pause } from "../method/pause.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { Counts } from "./counts.ts";
import { postAdmin } from "./post-admin.ts";
import type { ServerCounts } from "./take-sample.ts";

/** Assumed: a worker listens well within a second; a loaded machine gets this. */
const START_MS_MAX = 10_000;
/** Beyond the drain deadline: the supervisor ends the thread 1.5 s later. */
const DRAIN_GRACE_MS = 1500;
/** After the last worker was replaced: connections that it was handed go on being answered for so long. */
const ROLL_AFTER_MS = 1000;
/** While the server replaces its workers already: how often it is asked again. */
const ASK_AGAIN_SECONDS = 0.2;

const ACCEPTED = 202;
const CONFLICT = 409;

export interface UpkeepPlan {
  /** Time that the replacement of one worker may take. */
  readonly rollMsEach: number;
  /** Whether there are worker threads that can be replaced. */
  readonly hasThreads: boolean;
}

/** Start of the successor, drain of the old worker, and the beat after which its place is free again. */
export function rollMsEach(drainMs: number): number {
  return START_MS_MAX + drainMs + DRAIN_GRACE_MS + BEAT_MS;
}

export class Upkeep {
  readonly #server: Pick<ServerProcess, "pid" | "host" | "adminPort">;
  readonly #counts: Counts;
  readonly #plan: UpkeepPlan;
  /** Of the metrics, before the replacement under way; undefined: none is. */
  #before: ServerCounts | undefined;
  #latest: ServerCounts | undefined;
  #waitMs = 0;
  #waitEndsMs = 0;
  #afterEndsMs = 0;
  /** Whether the replacement under way has been counted as failed. */
  #isGivenUp = false;
  #failures = 0;
  #firstFailure = "";

  constructor(server: Pick<ServerProcess, "pid" | "host" | "adminPort">, counts: Counts, plan: UpkeepPlan) {
    this.#server = server;
    this.#counts = counts;
    this.#plan = plan;
  }

  /** Why it cannot; undefined: it was asked for. */
  reload(): string | undefined {
    if (process.platform === "win32") return "Windows has no signal that asks for a reload";
    try {
      process.kill(this.#server.pid, "SIGHUP");
      this.#counts.reloads += 1;
      return undefined;
    } catch {
      return "the server has ended";
    }
  }

  /** Why this server has no workers to replace; undefined: it has begun, goes on from before, or is counted as failed. */
  async roll(stop: AbortSignal): Promise<string | undefined> {
    // Nothing was ever seen of the server: there is nothing to count replaced workers from.
    if (this.#latest === undefined) return undefined;
    const goesOn = this.#before !== undefined;
    if (!goesOn) this.#begin(this.#latest);
    while (!stop.aborted) {
      const { status, text } = await postAdmin(this.#server, "/-/roll");
      const reason = reasonIn(text) ?? `POST /-/roll answered ${status === undefined ? `nothing: ${text}` : status}`;
      if (status === ACCEPTED) {
        this.#begin(this.#latest);
        return undefined;
      }
      if (status === CONFLICT && !this.#plan.hasThreads) {
        this.#before = undefined;
        return reason;
      }
      if (status !== CONFLICT) {
        this.#fail(reason);
        if (!goesOn) this.#before = undefined;
        return undefined;
      }
      // The one before is not over, or, at its end, about to be; it is waited for in the rest.
      if (goesOn || !this.isUnderWay) return undefined;
      await pause(ASK_AGAIN_SECONDS, stop);
    }
    return undefined;
  }

  /** Takes what the server has counted by now. */
  saw(counts: ServerCounts): void {
    this.#latest = counts;
    this.#counts.rolls = counts.rolls.asked;
    const before = this.#before;
    if (before && replaced(before, counts) >= before.workers && counts.listening >= counts.workers) {
      this.#before = undefined;
      this.#afterEndsMs = performance.now() + ROLL_AFTER_MS;
    }
  }

  /** After the wait for it: a replacement that is not complete has failed. */
  endWait(): void {
    const [before, latest] = [this.#before, this.#latest];
    if (!before || !latest || this.#isGivenUp) return;
    this.#isGivenUp = true;
    const seconds = (this.#waitMs / 1000).toFixed(1);
    this.#fail(
      `${replaced(before, latest)} of ${before.workers} workers were replaced in ${seconds} s, ` +
        `and ${latest.listening} of ${latest.workers} listen`,
    );
  }

  /** What went wrong, as a sentence. */
  get finding(): string | undefined {
    const times = this.#failures === 1 ? "once" : `${this.#failures} times`;
    if (this.#failures === 0) return undefined;
    return `Replacing the workers failed ${times}: ${this.#firstFailure}. Start the server and POST /-/roll to it: its log says why.`;
  }

  /** Whether workers are still being replaced, and are waited for. */
  get isUnderWay(): boolean {
    return this.#before !== undefined && performance.now() < this.#waitEndsMs;
  }

  /** Whether a connection may be lost to a replacement: it is not complete, however long it takes, or was a moment ago. */
  get isRolling(): boolean {
    return this.#before !== undefined || performance.now() < this.#afterEndsMs;
  }

  #begin(before: ServerCounts): void {
    this.#before = before;
    this.#isGivenUp = false;
    this.#waitMs = before.workers * this.#plan.rollMsEach;
    this.#waitEndsMs = performance.now() + this.#waitMs;
  }

  #fail(reason: string): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#firstFailure = reason;
  }
}

function replaced(before: ServerCounts, now: ServerCounts): number {
  return now.rolls.asked - before.rolls.asked;
}

/** Of a problem document (RFC 9457), without the full stop: it becomes a part of a sentence. */
function reasonIn(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    return typeof detail === "string" ? detail.replace(/\.$/, "") : undefined;
  } catch {
    // No such document: the status says what there is to say.
    return undefined;
  }
}
