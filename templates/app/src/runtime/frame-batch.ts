/**
 * Messages to one WebSocket within a turn of the event loop leave in one write: what the batching sockets of the adapters
 * have in common.
 *
 * Idea: a system call costs more than a small message, so messages wait for the end of the turn, when all events that the
 * kernel had are handled; nothing waits for a timer.
 * Bound: per socket BATCH_BYTES_MAX, beyond which it writes at once. Order, message boundaries and the limit of unsent
 * bytes are those of single writes: whatever ends a batch early writes it first.
 */
import { setImmediate } from "node:timers";
import type { UseReading } from "../memory/memory-books.ts";

/** What Bun's own cork buffer takes (uWebSockets' CORK_BUFFER_SIZE); larger writes gain nothing from waiting. */
export const BATCH_BYTES_MAX = 16_384;

/** The batches of one listener that wait for the end of the turn. */
export class FrameBatches {
  readonly #onEmpty: () => void;
  #waiting: (() => void)[] = [];
  #isDue = false;
  #isWriting = false;
  #bytes = 0;
  #bytesHigh = 0;
  #messages = 0;
  #cut = 0;

  /** @param onEmpty called when everything that waited is written */
  constructor(onEmpty: () => void = () => undefined) {
    this.#onEmpty = onEmpty;
  }

  /** Calls `write` at the end of this turn. */
  atTurnEnd(write: () => void): void {
    this.#waiting.push(write);
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.writeAll());
  }

  writeAll(): void {
    // A handler that runs because of a write may send, and fill what it sends with; the first call goes on then.
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#isDue = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    const failures: unknown[] = [];
    for (const write of waiting) {
      try {
        write();
      } catch (error) {
        // The others must not wait for a turn's end that never comes, in memory that is used again.
        failures.push(error);
      }
    }
    this.#isWriting = false;
    if (this.#waiting.length === 0) this.#onEmpty();
    if (failures.length > 0) throw failures[0];
  }

  /** A message that waits. */
  added(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
    if (this.#bytes > this.#bytesHigh) this.#bytesHigh = this.#bytes;
  }

  /** So many bytes wait no longer. */
  written(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** A batch that had to leave before the end of its turn. */
  cutShort(): void {
    this.#cut += 1;
  }

  reading(heldBytes: number = this.#bytes): UseReading {
    return {
      heldBytes,
      usedBytes: this.#bytes,
      highBytes: this.#bytesHigh,
      taken: this.#messages,
      missed: this.#cut,
    };
  }
}
