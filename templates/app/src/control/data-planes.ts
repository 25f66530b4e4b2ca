/** The data plane as the control plane sees it: supervised threads, or one plane inside this thread. */
import type { App } from "../data/start-data-plane.ts";
import type { ThreadPort } from "../runtime/port.ts";
import type { RollOutcome, RollReason } from "./roll.ts";
import { Supervisor, type SupervisorOptions } from "./supervisor.ts";

export interface DataPlanes {
  readonly listening: number;
  readonly restarts: number;
  /** Rows of the workers that listen. */
  readonly serving: readonly number[];
  /** Whether a worker could be replaced now. */
  readonly canRoll: boolean;
  /** Workers replaced while they served, by the reason. */
  readonly rolls: Readonly<Record<RollReason, number>>;
  reload(prepared: Readonly<Record<string, unknown>>): void;
  /** Replaces one worker by a new one, without a pause in service. Never rejects. */
  roll(reason: RollReason, worker: number): Promise<RollOutcome>;
  /** Replaces all workers, one after the other. Returns at once: why it cannot, or undefined when it has begun. */
  rollAll(): string | undefined;
  /** Asks a worker for a snapshot of its heap. Whether the thread that was asked is still there; undefined: none listens. */
  snapshot(worker: number, port: ThreadPort): (() => boolean) | undefined;
  drain(deadlineMs: number): Promise<{ cut: boolean }>;
}

/** Worker threads under a supervisor. Resolves when all listen. */
export async function startThreads(options: SupervisorOptions): Promise<DataPlanes> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

/** What an operator is told who asks for a roll in inline mode. */
const NO_ROLL = 'workers.mode = "inline" has no worker thread that could be replaced; restart the process instead';

/**
 * The data plane in the main thread, for targets where a thread of its own costs too much memory.
 *
 * There is nothing to replace: at the watermark the overload feature sheds, and when that does not help, what supervises
 * the process (systemd, the container runtime) starts it again after the kernel has ended it.
 */
export async function startInline(options: SupervisorOptions, loadApp: () => Promise<App>): Promise<DataPlanes> {
  // Imported here only: with worker threads the main thread never loads the user's code.
  const { startDataPlane } = await import("../data/start-data-plane.ts");
  const plane = await startDataPlane(await loadApp(), { ...options.order(0), worker: 0 });
  return {
    listening: 1,
    restarts: 0,
    serving: [0],
    canRoll: false,
    rolls: { rss: 0, heap: 0, asked: 0 },
    reload: (prepared) => plane.reload(prepared),
    roll: async () => ({ result: "busy", reason: NO_ROLL, isPassing: false }),
    rollAll: () => NO_ROLL,
    snapshot(worker, port) {
      if (worker !== 0) return undefined;
      plane.snapshot(port);
      return () => true;
    },
    drain: (deadlineMs) => plane.drain(deadlineMs),
  };
}
