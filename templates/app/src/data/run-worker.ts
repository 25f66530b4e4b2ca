/** The body of a worker thread: takes orders from the control plane, one data plane at a time. */
import type { FromWorker, ToWorker } from "../control/protocol.ts";
import { type App, type DataPlane, startDataPlane } from "./start-data-plane.ts";

/** The part of a worker's global scope that both runtimes share. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
}

export function runWorker(app: App): void {
  const scope = globalThis as unknown as WorkerScope;
  let plane: DataPlane | undefined;

  async function obey(order: ToWorker): Promise<void> {
    if (order.type === "start") {
      try {
        plane = await startDataPlane(app, order);
        scope.postMessage({ type: "listening", port: plane.port });
      } catch (error) {
        scope.postMessage({ type: "refused", message: error instanceof Error ? error.message : String(error) });
      }
    } else if (order.type === "reload") {
      plane?.reload(order.prepared);
    } else if (order.type === "snapshot") {
      plane?.snapshot(order.port);
    } else {
      const { cut } = (await plane?.drain(order.deadlineMs)) ?? { cut: false };
      scope.postMessage({ type: "drained", cut });
    }
  }

  // In their order: what comes while the worker starts is about the plane that is starting.
  let obeyed: Promise<void> = Promise.resolve();
  scope.onmessage = (event) => {
    obeyed = obeyed.then(() => obey(event.data));
  };
}
