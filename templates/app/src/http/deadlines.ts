/**
 * Deadlines of asynchronous handlers, for one worker.
 *
 * Idea: requests with the same time limit expire in the order in which they began, so one list per limit needs no
 * sorting: a request is appended, is unlinked when its handler is done, and the timer looks at the lists' heads alone.
 * One timer serves the whole worker, and it runs only while somebody waits. There are as many lists as the routes have
 * limits, and as many entries as requests may be in flight.
 */

/** How often the timer looks: a deadline is noticed at most this late, as long as the event loop turns. */
export const CHECK_MS = 25;

/** What waits in a list; whoever takes part embeds it, so that joining allocates nothing more. */
export interface Waiting {
  startedMs: number;
  previous: Waiting | undefined;
  next: Waiting | undefined;
  /** Called once, out of the list, when the time is up. Must not throw. */
  expire(): void;
}

export class DeadlineList {
  readonly limitMs: number;
  readonly #joined: () => void;
  #first: Waiting | undefined;
  #last: Waiting | undefined;

  constructor(limitMs: number, joined: () => void) {
    this.limitMs = limitMs;
    this.#joined = joined;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** The entry's `startedMs` is what its time counts from. */
  join(entry: Waiting): void {
    entry.previous = this.#last;
    entry.next = undefined;
    if (this.#last) this.#last.next = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#joined();
  }

  /** The entry must be in this list. */
  leave(entry: Waiting): void {
    const { previous, next } = entry;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    entry.previous = undefined;
    entry.next = undefined;
  }

  /** Takes out and expires what began `limitMs` before now. */
  expire(nowMs: number): void {
    for (let first = this.#first; first && nowMs - first.startedMs >= this.limitMs; first = this.#first) {
      this.leave(first);
      first.expire();
    }
  }
}

export class Deadlines {
  readonly #lists = new Map<number, DeadlineList>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** The list of one time limit. Called while routes are compiled, never per request. */
  list(limitMs: number): DeadlineList {
    const known = this.#lists.get(limitMs);
    if (known) return known;
    const made = new DeadlineList(limitMs, () => this.#run());
    this.#lists.set(limitMs, made);
    return made;
  }

  #run(): void {
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
  }

  #check(): void {
    const nowMs = performance.now();
    let waiting = false;
    for (const list of this.#lists.values()) {
      list.expire(nowMs);
      waiting ||= !list.isEmpty;
    }
    if (waiting) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
