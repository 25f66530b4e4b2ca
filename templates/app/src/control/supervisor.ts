/**
 * The supervisor: keeps the planned number of workers serving.
 *
 * A worker that dies is replaced after a pause that doubles with each death; when deaths come faster than
 * `workers.restarts_max` in `workers.restart_window_ms`, the process gives up with the reason, because a supervisor
 * above it (systemd, the container runtime) sees an exit and cannot see a loop. A worker whose event loop has not
 * turned for `workers.stall_ms_max` is ended and replaced as well; where the runtime cannot end such a thread, the
 * process gives up, because the thread would keep taking connections that it never answers.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Logger } from "../log/logger.ts";
import { capabilities } from "../runtime/capabilities.ts";
import type { RuntimePort, ThreadPort, WorkerPermissions } from "../runtime/port.ts";
import { beatAt } from "../zones/zones.ts";
import type { FromWorker, StartOrder, ToWorker } from "./protocol.ts";
import { RestartPauses } from "./restart-pauses.ts";
import { type RollOutcome, type RollReason, type RollSteps, rollEach, rollReasons, rollSlot } from "./roll.ts";
import { createSlots, giveBack, makeSpare, type Slot } from "./slots.ts";
import { watchStalls } from "./stall-watch.ts";

export interface SupervisorOptions {
  readonly config: ServerConfig;
  readonly runtime: RuntimePort;
  readonly module: URL;
  readonly permissions: WorkerPermissions;
  readonly zones: SharedArrayBuffer;
  /** Asked at each start of a worker: a reload changes it. */
  readonly order: (worker: number) => Omit<StartOrder, "worker">;
  /** A worker's thread has ended: what it held in the features' zones can be given back. */
  readonly reclaim: (worker: number) => void;
  readonly logger: Logger;
  /** Called once, when the workers keep dying. */
  readonly giveUp: (reason: string) => void;
}

/** What a worker gets beyond the drain deadline to report before its thread is ended. */
const DRAIN_GRACE_MS = 1500;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: readonly Slot[];
  readonly #pauses: RestartPauses;
  #restarts = 0;
  readonly #rolls = Object.fromEntries(rollReasons.map((reason) => [reason, 0])) as Record<RollReason, number>;
  readonly #steps: RollSteps;
  #rolling = false;
  #rollingAll = false;
  #stopping = false;
  #stallTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#slots = createSlots(options.config, options.zones);
    this.#pauses = new RestartPauses(options.config.workers);
    this.#steps = {
      begin: (slot) => this.#begin(slot),
      drain: (slot) => this.#retire(slot),
      end: (slot) => this.#end(slot),
      vacate: (slot) => this.#vacate(slot),
      replace: (slot) => this.#replaceLater(slot, "it died while its successor could not start"),
      isStopping: () => this.#stopping,
    };
  }

  /** Resolves when all workers listen; rejects with the first worker's reason when one cannot. */
  async start(): Promise<void> {
    const starts = this.#slots.filter((slot) => slot.state !== "spare").map((slot) => this.#begin(slot));
    // Before they listen: one that never does must not be waited for for ever.
    this.#stallTimer = watchStalls(this.#slots, this.#options.config.workers.stall_ms_max, {
      stalled: (slot, reason) => this.#replaceStalled(slot, reason),
      unstarted: (slot, reason) => this.#bury(slot, reason),
    });
    try {
      await Promise.all(starts);
    } catch (error) {
      clearInterval(this.#stallTimer);
      throw error;
    }
  }

  get listening(): number {
    return this.serving.length;
  }

  /** Rows of the workers that listen. */
  get serving(): readonly number[] {
    return this.#slots.filter((slot) => slot.state === "listening").map((slot) => slot.index);
  }

  /** Workers started again since the process began. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Whether a worker could be replaced now. */
  get canRoll(): boolean {
    return !this.#stopping && !this.#rolling && this.#slots.some((slot) => slot.state === "spare");
  }

  /** Workers replaced while they served, by the reason. */
  get rolls(): Readonly<Record<RollReason, number>> {
    return this.#rolls;
  }

  /**
   * Replaces one worker that listens by a new one; nobody notices but those whose connections were waiting to be accepted
   * by it (capability `rollWithoutResets`). Never rejects.
   */
  async roll(reason: RollReason, worker: number): Promise<RollOutcome> {
    const { logger } = this.#options;
    const old = this.#slots[worker];
    const spare = this.#slots.find((slot) => slot.state === "spare");
    if (this.#stopping) return { result: "busy", reason: "the server is stopping", isPassing: false };
    if (this.#rolling || !spare) return { result: "busy", reason: "a worker is being replaced", isPassing: true };
    if (old?.state !== "listening")
      return { result: "busy", reason: `worker ${worker} does not listen`, isPassing: false };
    this.#rolling = true;
    logger.info("replacing a worker", { worker, successor: spare.index, reason });
    const outcome = await rollSlot(old, spare, this.#steps);
    this.#rolling = false;
    if (outcome.result === "rolled") {
      this.#rolls[reason] += 1;
      logger.info("replaced a worker", { worker, successor: spare.index, reason });
    } else if (!this.#stopping) {
      logger.error("a worker's replacement did not start; the worker goes on", { worker, reason: outcome.reason });
    }
    return outcome;
  }

  /** Replaces all workers, one after the other. Returns at once: why it cannot, or undefined when it has begun. */
  rollAll(): string | undefined {
    if (this.#stopping) return "the server is stopping";
    if (this.#rollingAll) return "the workers are being replaced already";
    this.#rollingAll = true;
    const workers = this.serving;
    void rollEach(workers, this).then((replaced) => {
      this.#rollingAll = false;
      this.#options.logger.info("replaced the workers, as asked", { replaced, of: workers.length });
    });
    return undefined;
  }

  /** Also to a worker that is starting: its order may be older. One that is started later gets the new one. */
  reload(prepared: Readonly<Record<string, unknown>>): void {
    for (const slot of this.#slots) slot.thread?.post({ type: "reload", prepared } satisfies ToWorker);
  }

  /** Asks a worker for a snapshot of its heap. Whether the thread that was asked is still there; undefined: none listens. */
  snapshot(worker: number, port: ThreadPort): (() => boolean) | undefined {
    const slot = this.#slots[worker];
    const thread = slot?.thread;
    if (slot?.state !== "listening" || !thread) return undefined;
    thread.post({ type: "snapshot", port } satisfies ToWorker, [port]);
    return () => slot.thread === thread;
  }

  /** Drains all workers; whether any had to cut something. */
  async drain(deadlineMs: number): Promise<{ cut: boolean }> {
    this.#stopping = true;
    clearInterval(this.#stallTimer);
    const results = await Promise.all(this.#slots.map((slot) => this.#drainSlot(slot, deadlineMs)));
    return { cut: results.includes(true) };
  }

  /** Starts a worker; resolves when it listens, rejects when it dies before. */
  #begin(slot: Slot): Promise<void> {
    return new Promise((resolve, reject) => {
      slot.settle = { resolve, reject };
      this.#launch(slot);
    });
  }

  #launch(slot: Slot): void {
    const { runtime, module, permissions, order } = this.#options;
    slot.state = "starting";
    slot.startedMs = performance.now();
    slot.zones.beat[beatAt] = Date.now();
    const thread = runtime.startWorker(module, permissions, {
      message: (data) => {
        if (slot.thread === thread) this.#hear(slot, data as FromWorker);
      },
      // A thread reports its end more than once; only the current one's counts.
      error: (message) => {
        if (slot.thread === thread) this.#bury(slot, message);
      },
    });
    slot.thread = thread;
    const start = { ...order(slot.index), worker: slot.index } satisfies StartOrder;
    thread.post(
      start,
      Object.values(start.features).flatMap(({ port }) => port ?? []),
    );
  }

  #hear(slot: Slot, message: FromWorker): void {
    if (message.type === "listening") {
      slot.state = "listening";
      slot.settle?.resolve();
      slot.settle = undefined;
    } else if (message.type === "drained") {
      slot.drained?.(message.cut);
    } else if (slot.settle) {
      slot.settle.reject(new Error(message.message));
      slot.settle = undefined;
    } else {
      this.#bury(slot, message.message);
    }
  }

  /** Ends what is left of a dead worker, gives back what it held, and arranges its replacement. */
  #bury(slot: Slot, reason: string): void {
    this.#end(slot);
    giveBack(slot);
    this.#options.reclaim(slot.index);
    slot.state = "paused";
    if (slot.settle) {
      slot.settle.reject(new Error(`worker ${slot.index} died while starting: ${reason}`));
      slot.settle = undefined;
      // A stop that waits for it has nothing more to wait for; it served nobody.
      slot.drained?.(false);
      return;
    }
    if (slot.drained) {
      if (!this.#stopping) this.#options.logger.warn("a worker died while it drained", { worker: slot.index, reason });
      slot.drained(true);
      return;
    }
    if (this.#stopping) return;
    this.#options.logger.error("a worker died", { worker: slot.index, reason });
    if (!slot.isReplaced) this.#replaceLater(slot, reason);
  }

  #end(slot: Slot): void {
    const { thread } = slot;
    // First, so that what the thread still says of its end is not heard.
    slot.thread = undefined;
    thread?.terminate();
  }

  #vacate(slot: Slot): void {
    giveBack(slot);
    this.#options.reclaim(slot.index);
    makeSpare(slot);
  }

  #replaceLater(slot: Slot, reason: string): void {
    const next = this.#pauses.died(reason, Date.now());
    if ("giveUp" in next) {
      this.#options.giveUp(next.giveUp);
      return;
    }
    const { pauseMs } = next;
    slot.pause = setTimeout(() => {
      this.#restarts += 1;
      this.#options.logger.info("starting a worker again", { worker: slot.index, after_ms: pauseMs });
      // What a thread that had to be ended still did after its row was given back.
      giveBack(slot);
      this.#launch(slot);
    }, pauseMs);
  }

  #replaceStalled(slot: Slot, reason: string): void {
    const replacement = capabilities[this.#options.runtime.adapter].stallReplacement;
    if (replacement.has) this.#bury(slot, reason);
    else this.#options.giveUp(`worker ${slot.index} is stalled: ${reason}; ${replacement.reason}`);
  }

  /** The drain of a worker whose successor serves. */
  #retire(slot: Slot): Promise<boolean> {
    const { config, runtime } = this.#options;
    slot.state = "leaving";
    // Where a busy thread cannot be ended it must not be taken for ended either: the check for stalled ones decides.
    const endsAnyThread = capabilities[runtime.adapter].stallReplacement.has;
    return this.#drained(slot, config.timeouts.drain_ms, endsAnyThread);
  }

  async #drainSlot(slot: Slot, deadlineMs: number): Promise<boolean> {
    clearTimeout(slot.pause);
    if (!slot.thread) return false;
    const cut = await this.#drained(slot, deadlineMs, true);
    slot.state = "drained";
    this.#end(slot);
    return cut;
  }

  /** Whether the drain had to cut something. A drain that is under way already is joined, and bounded from now on. */
  async #drained(slot: Slot, deadlineMs: number, isBounded: boolean): Promise<boolean> {
    slot.draining ??= new Promise<boolean>((resolve) => {
      slot.drained = resolve;
      slot.thread?.post({ type: "drain", deadlineMs } satisfies ToWorker);
    });
    const timer = isBounded ? setTimeout(() => slot.drained?.(true), deadlineMs + DRAIN_GRACE_MS) : undefined;
    const wasCut = await slot.draining;
    clearTimeout(timer);
    return wasCut;
  }
}
