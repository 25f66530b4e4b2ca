/**
 * The pool of task threads. It lives in the control plane, which may start threads and never computes itself, and is
 * shared by all workers: a task takes the first free thread, else it waits in one bounded queue, first come first served.
 *
 * The deadline counts from the submission. A thread that is busy beyond it is ended and replaced; where the runtime cannot
 * end a busy thread (capability `taskTermination`) it counts as busy until it is done, unless it turns out to be waiting
 * and not computing: then it answers a ping, and can be ended after all.
 */
import type { WorkerThread } from "../../runtime/port.ts";
import type { FromThread, TaskOutcome, ToPool, ToThread } from "../../tasks/messages.ts";

export interface PoolOptions {
  readonly threads: number;
  readonly queueMax: number;
  /** 0: no bound. */
  readonly deadlineMs: number;
  /** Pause before a dead thread is replaced; doubles with each death in a row. */
  readonly restartMs: { readonly min: number; readonly max: number };
  /** Whether a thread can be ended while it computes. */
  readonly endsBusyThreads: boolean;
  start(message: (data: unknown) => void, error: (reason: string) => void): WorkerThread;
  onDeath(reason: string): void;
}

export const poolCounters = ["done", "failed", "timedOut", "refused", "cancelled", "threadDeaths"] as const;
type CounterName = (typeof poolCounters)[number];

type Send = (outcome: TaskOutcome, transfer: readonly ArrayBuffer[]) => void;

interface Task {
  readonly order: Extract<ToPool, { type: "run" }>;
  readonly worker: number;
  readonly send: Send;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Its worker has been answered, or is gone: the result is thrown away. */
  settled: boolean;
}

interface Slot {
  thread: WorkerThread | undefined;
  task: Task | undefined;
  /** Deaths since the last task that was done. */
  deaths: number;
  pause: ReturnType<typeof setTimeout> | undefined;
}

export class TaskPool {
  readonly counts: Record<CounterName, number> = {
    done: 0,
    failed: 0,
    timedOut: 0,
    refused: 0,
    cancelled: 0,
    threadDeaths: 0,
  };
  readonly #options: PoolOptions;
  readonly #slots: readonly Slot[];
  /** In the order of submission. */
  readonly #queue = new Set<Task>();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.threads }, () => ({
      thread: undefined,
      task: undefined,
      deaths: 0,
      pause: undefined,
    }));
    for (const slot of this.#slots) this.#launch(slot);
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Threads with a task, late ones included. */
  get running(): number {
    return this.#slots.filter((slot) => slot.task).length;
  }

  submit(order: Task["order"], worker: number, send: Send): void {
    const free = this.#slots.find((slot) => slot.thread && !slot.task);
    if (!free && this.#queue.size >= this.#options.queueMax) {
      this.counts.refused += 1;
      send({ type: "full" }, []);
      return;
    }
    const task: Task = { order, worker, send, timer: undefined, settled: false };
    const { deadlineMs } = this.#options;
    if (deadlineMs > 0) task.timer = setTimeout(() => this.#expire(task), deadlineMs);
    if (free) this.#run(free, task);
    else this.#queue.add(task);
  }

  /** A worker does not wait for this task any more. What runs already goes on: its thread may be worth keeping. */
  cancel(worker: number, id: number): void {
    for (const task of this.#tasks()) if (task.worker === worker && task.order.id === id) this.#abandon(task);
  }

  /** A worker is gone, with everybody who waited there. */
  forget(worker: number): void {
    for (const task of this.#tasks()) if (task.worker === worker) this.#abandon(task);
  }

  stop(): void {
    for (const task of this.#tasks()) clearTimeout(task.timer);
    this.#queue.clear();
    for (const slot of this.#slots) {
      clearTimeout(slot.pause);
      slot.thread?.terminate();
      slot.thread = undefined;
    }
  }

  #tasks(): readonly Task[] {
    return [...this.#queue, ...this.#slots.flatMap((slot) => slot.task ?? [])];
  }

  #launch(slot: Slot): void {
    const thread = this.#options.start(
      (data) => {
        if (slot.thread === thread) this.#hear(slot, data as FromThread);
      },
      // A thread reports its end more than once; only the current one's counts.
      (reason) => {
        if (slot.thread === thread) this.#bury(slot, reason);
      },
    );
    slot.thread = thread;
    this.#next(slot);
  }

  #run(slot: Slot, task: Task): void {
    slot.task = task;
    const { name, input, transfer } = task.order;
    slot.thread?.post({ type: "run", name, input } satisfies ToThread, transfer);
  }

  #next(slot: Slot): void {
    const [task] = this.#queue;
    if (!task) return;
    this.#queue.delete(task);
    this.#run(slot, task);
  }

  #hear(slot: Slot, message: FromThread): void {
    const { task } = slot;
    if (message.type === "pong") {
      // It was asked because its task is late: it waits for something, so it can be ended.
      if (task?.settled) this.#replace(slot);
      return;
    }
    slot.task = undefined;
    slot.deaths = 0;
    if (task && !task.settled) {
      this.counts[message.type] += 1;
      this.#settle(task, message, message.type === "done" ? message.transfer : []);
    }
    this.#next(slot);
  }

  #settle(task: Task, outcome: TaskOutcome, transfer: readonly ArrayBuffer[] = []): void {
    clearTimeout(task.timer);
    task.settled = true;
    task.send(outcome, transfer);
  }

  #expire(task: Task): void {
    const slot = this.#slots.find((candidate) => candidate.task === task);
    this.#queue.delete(task);
    if (!task.settled) {
      this.counts.timedOut += 1;
      this.#settle(task, { type: "late" });
    }
    if (!slot) return;
    if (this.#options.endsBusyThreads) this.#replace(slot);
    else slot.thread?.post({ type: "ping" } satisfies ToThread);
  }

  #abandon(task: Task): void {
    this.counts.cancelled += 1;
    this.#queue.delete(task);
    task.settled = true;
    // The deadline still holds for a task that runs.
    if (!this.#slots.some((slot) => slot.task === task)) clearTimeout(task.timer);
  }

  #replace(slot: Slot): void {
    slot.thread?.terminate();
    slot.thread = undefined;
    slot.task = undefined;
    this.#launch(slot);
  }

  /** A thread that ended by itself fails its task and is replaced after a pause, which bounds how often that happens. */
  #bury(slot: Slot, reason: string): void {
    const { task } = slot;
    slot.thread?.terminate();
    slot.thread = undefined;
    slot.task = undefined;
    this.counts.threadDeaths += 1;
    this.#options.onDeath(reason);
    if (task && !task.settled) {
      this.counts.failed += 1;
      this.#settle(task, { type: "failed", error: deathOf(task, reason) });
    }
    const { min, max } = this.#options.restartMs;
    slot.pause = setTimeout(() => this.#launch(slot), Math.min(min * 2 ** slot.deaths, max));
    slot.deaths += 1;
  }
}

function deathOf({ order }: Task, reason: string) {
  const message = `the thread of the task "${order.name}" ended: ${reason}`;
  return { name: "Error", message, stack: undefined, status: undefined, code: undefined, headers: undefined };
}
