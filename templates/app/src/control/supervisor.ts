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
import type { RuntimePort, WorkerPermissions, WorkerThread } from "../runtime/port.ts";
import { zoneShape } from "../zones/shape.ts";
import { beatAt, type WorkerZones, workerZones } from "../zones/zones.ts";
import type { FromWorker, StartOrder, ToWorker } from "./protocol.ts";

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

type SlotState = "starting" | "listening" | "paused" | "drained";

interface Slot {
  readonly index: number;
  readonly zones: WorkerZones;
  state: SlotState;
  thread: WorkerThread | undefined;
  startedMs: number;
  settle: { resolve(): void; reject(error: Error): void } | undefined;
  drained: ((cut: boolean) => void) | undefined;
  pause: ReturnType<typeof setTimeout> | undefined;
}

/** What a worker gets beyond the drain deadline to report before its thread is ended. */
const DRAIN_GRACE_MS = 1500;
const STALL_CHECK_MS = 1000;
/** A cold start takes a tenth of a second; the smallest targets are given a few hundred times that. */
const START_MS_MAX = 30_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: readonly Slot[];
  #deathsMs: number[] = [];
  #restarts = 0;
  #stopping = false;
  #stallTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const shape = zoneShape(options.config);
    this.#slots = Array.from({ length: options.config.workers.count }, (_, index) => ({
      index,
      zones: workerZones(options.zones, shape, index),
      state: "starting",
      thread: undefined,
      startedMs: 0,
      settle: undefined,
      drained: undefined,
      pause: undefined,
    }));
  }

  /** Resolves when all workers listen; rejects with the first worker's reason when one cannot. */
  async start(): Promise<void> {
    await Promise.all(
      this.#slots.map(
        (slot) =>
          new Promise<void>((resolve, reject) => {
            slot.settle = { resolve, reject };
            this.#launch(slot);
          }),
      ),
    );
    this.#watch();
  }

  /** A check that comes late itself (a paused container, a suspended machine) says nothing about the workers. */
  #watch(): void {
    let lastMs = performance.now();
    this.#stallTimer = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs - lastMs > 2 * STALL_CHECK_MS) for (const slot of this.#slots) slot.zones.beat[beatAt] = Date.now();
      lastMs = nowMs;
      this.#replaceStalled();
      this.#replaceUnstarted();
    }, STALL_CHECK_MS);
  }

  get listening(): number {
    return this.#slots.filter((slot) => slot.state === "listening").length;
  }

  /** Workers started again since the process began. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Also to a worker that is starting: its order may be older. One that is started later gets the new one. */
  reload(prepared: Readonly<Record<string, unknown>>): void {
    for (const slot of this.#slots) slot.thread?.post({ type: "reload", prepared } satisfies ToWorker);
  }

  /** Drains all workers; whether any had to cut something. */
  async drain(deadlineMs: number): Promise<{ cut: boolean }> {
    this.#stopping = true;
    clearInterval(this.#stallTimer);
    const results = await Promise.all(this.#slots.map((slot) => this.#drainSlot(slot, deadlineMs)));
    return { cut: results.includes(true) };
  }

  #launch(slot: Slot): void {
    const { runtime, module, permissions, order } = this.#options;
    slot.state = "starting";
    slot.startedMs = Date.now();
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
    slot.thread?.terminate();
    slot.thread = undefined;
    for (const gauge of [slot.zones.inFlight, slot.zones.bodiesKiB, slot.zones.sockets]) gauge.reclaim();
    this.#options.reclaim(slot.index);
    if (slot.settle) {
      slot.settle.reject(new Error(`worker ${slot.index} died while starting: ${reason}`));
      slot.settle = undefined;
      return;
    }
    slot.state = "paused";
    if (this.#stopping) {
      slot.drained?.(true);
      return;
    }
    this.#options.logger.error("a worker died", { worker: slot.index, reason });
    this.#replaceLater(slot, reason);
  }

  #replaceLater(slot: Slot, reason: string): void {
    const { workers } = this.#options.config;
    const now = Date.now();
    this.#deathsMs = this.#deathsMs.filter((deathMs) => now - deathMs < workers.restart_window_ms);
    this.#deathsMs.push(now);
    if (this.#deathsMs.length > workers.restarts_max) {
      const seconds = Math.round(workers.restart_window_ms / 1000);
      this.#options.giveUp(`${this.#deathsMs.length} workers died within ${seconds} s; the last one: ${reason}`);
      return;
    }
    const pauseMs = Math.min(workers.restart_ms_min * 2 ** (this.#deathsMs.length - 1), workers.restart_ms_max);
    slot.pause = setTimeout(() => {
      this.#restarts += 1;
      this.#options.logger.info("starting a worker again", { worker: slot.index, after_ms: pauseMs });
      this.#launch(slot);
    }, pauseMs);
  }

  #replaceStalled(): void {
    const { stall_ms_max } = this.#options.config.workers;
    const replacement = capabilities[this.#options.runtime.adapter].stallReplacement;
    for (const slot of this.#slots) {
      if (slot.state !== "listening") continue;
      const silentMs = Date.now() - (slot.zones.beat[beatAt] as number);
      if (silentMs <= stall_ms_max) continue;
      const reason = `its event loop has not turned for ${Math.round(silentMs)} ms`;
      if (replacement.has) this.#bury(slot, reason);
      else this.#options.giveUp(`worker ${slot.index} is stalled: ${reason}; ${replacement.reason}`);
    }
  }

  /** A replacement that hangs before it listens would otherwise be waited for for ever. */
  #replaceUnstarted(): void {
    for (const slot of this.#slots) {
      if (slot.state !== "starting" || Date.now() - slot.startedMs <= START_MS_MAX) continue;
      this.#bury(slot, `it did not listen within ${START_MS_MAX / 1000} s`);
    }
  }

  async #drainSlot(slot: Slot, deadlineMs: number): Promise<boolean> {
    clearTimeout(slot.pause);
    if (!slot.thread) return false;
    const cut = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), deadlineMs + DRAIN_GRACE_MS);
      slot.drained = (wasCut) => {
        clearTimeout(timer);
        resolve(wasCut);
      };
      slot.thread?.post({ type: "drain", deadlineMs });
    });
    slot.state = "drained";
    const thread = slot.thread;
    slot.thread = undefined;
    thread?.terminate();
    return cut;
  }
}
