/**
 * A worker thread of the bench's server. The threads of one runtime see the arguments of the process and those of the
 * other do not: so the start's order says which features there are, which is what the control plane prepared.
 */
import type { ToWorker } from "../../../src/control/protocol.ts";
import { runWorker } from "../../../src/data/run-worker.ts";
import type { App } from "../../../src/data/start-data-plane.ts";
import { runtime } from "../../../src/wiring.ts";
import { benchApp } from "./bench-app.ts";

/** The part of a worker's global scope that both runtimes share. */
interface WorkerScope {
  addEventListener(type: "message", listen: (event: { readonly data: ToWorker }) => void): void;
}

let app: App | undefined;

// Added before the worker's own, and so called before it.
(globalThis as unknown as WorkerScope).addEventListener("message", ({ data }) => {
  if (data.type === "start") app = benchApp(new Set(Object.keys(data.features)));
});

runWorker({
  get routes() {
    return app?.routes ?? [];
  },
  get features() {
    return app?.features ?? [];
  },
  runtime,
});
