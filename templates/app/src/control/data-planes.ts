/** The data plane as the control plane sees it: supervised threads, or one plane inside this thread. */
import type { App } from "../data/start-data-plane.ts";
import { Supervisor, type SupervisorOptions } from "./supervisor.ts";

export interface DataPlanes {
  readonly listening: number;
  readonly restarts: number;
  reload(prepared: Readonly<Record<string, unknown>>): void;
  drain(deadlineMs: number): Promise<{ cut: boolean }>;
}

/** Worker threads under a supervisor. Resolves when all listen. */
export async function startThreads(options: SupervisorOptions): Promise<DataPlanes> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

/** The data plane in the main thread, for targets where a thread of its own costs too much memory. */
export async function startInline(options: SupervisorOptions, loadApp: () => Promise<App>): Promise<DataPlanes> {
  // Imported here only: with worker threads the main thread never loads the user's code.
  const { startDataPlane } = await import("../data/start-data-plane.ts");
  const plane = await startDataPlane(await loadApp(), { ...options.order(0), worker: 0 });
  return {
    listening: 1,
    restarts: 0,
    reload: (prepared) => plane.reload(prepared),
    drain: (deadlineMs) => plane.drain(deadlineMs),
  };
}
