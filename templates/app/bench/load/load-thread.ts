/** A generator thread: gets its share and its orders by message, and tells what it counted. */
import { LoadShare, type ShareCounts, type ShareOrder, type Window } from "./load-share.ts";

/** In this order; `cut` may come at any time after `start`. */
export type ThreadOrder =
  | ({ readonly kind: "start" } & ShareOrder)
  | { readonly kind: "measure"; readonly window: Window }
  | { readonly kind: "cut" }
  | { readonly kind: "stop" };

export type ThreadReport =
  | { readonly kind: "ready" }
  | { readonly kind: "started" }
  | { readonly kind: "counted"; readonly counts: ShareCounts }
  | { readonly kind: "stopped" };

/** The part of a worker's global scope that both runtimes share. */
interface ThreadScope {
  onmessage: ((event: { readonly data: ThreadOrder }) => void) | null;
  postMessage(message: ThreadReport): void;
}

const scope = globalThis as unknown as ThreadScope;
let share: LoadShare | undefined;

scope.onmessage = async ({ data: order }) => {
  if (order.kind === "start") {
    share = new LoadShare(order);
    await share.start();
    scope.postMessage({ kind: "started" });
  } else if (order.kind === "measure" && share) {
    scope.postMessage({ kind: "counted", counts: await share.measure(order.window) });
  } else if (order.kind === "cut") {
    share?.cut();
  } else {
    await share?.stop();
    scope.postMessage({ kind: "stopped" });
  }
};
scope.postMessage({ kind: "ready" });
