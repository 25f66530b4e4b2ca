/** Who makes a share of a load: a thread, or the calling one. Both are asked the same way. */
import { runtime } from "../../src/wiring.ts";
import { BenchError } from "../cli/bench-error.ts";
import { LoadShare, type ShareCounts, type ShareOrder, type Window } from "./load-share.ts";
import type { ThreadOrder, ThreadReport } from "./load-thread.ts";
import { localAddressesOf } from "./local-addresses.ts";
import type { LoadTarget } from "./order.ts";

export interface LoadHand {
  /** Rejects when the hand cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when its connections are open. */
  start(): Promise<void>;
  measure(window: Window): Promise<ShareCounts>;
  /** Ends the window at once. */
  cut(): void;
  /** Closes its connections. */
  stop(): Promise<void>;
  /** Ends the thread. */
  end(): void;
}

export function inlineHand(order: ShareOrder): LoadHand {
  const share = new LoadShare(order);
  return {
    failed: new Promise(() => undefined),
    start: () => share.start(),
    measure: (window) => share.measure(window),
    cut: () => share.cut(),
    stop: () => share.stop(),
    end: () => undefined,
  };
}

export function threadHand(order: ShareOrder, target: LoadTarget): LoadHand {
  const waiting = new Map<ThreadReport["kind"], (report: ThreadReport) => void>();
  let hasEnded = false;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const told = <Kind extends ThreadReport["kind"]>(kind: Kind) =>
    new Promise<Extract<ThreadReport, { readonly kind: Kind }>>((resolve) => {
      waiting.set(kind, (report) => resolve(report as Extract<ThreadReport, { readonly kind: Kind }>));
    });
  const ready = told("ready");
  // It reaches the server that is measured, from this machine's own addresses, and nothing else.
  const { share, place } = order;
  const connections = share.kind === "socket" ? share.clients : share.connections;
  const own = localAddressesOf(connections, place.threads).map((address) => `${address}:0`);
  const permissions = { net: [`${target.host}:${target.port}`, ...own], read: [] };
  const thread = runtime.startWorker(new URL("./load-thread.ts", import.meta.url), permissions, {
    message: (data) => {
      const report = data as ThreadReport;
      waiting.get(report.kind)?.(report);
    },
    error(message) {
      // A thread that is ended on purpose says so too.
      if (!hasEnded) fail(new BenchError(`A generator thread failed: ${message}`));
    },
  });
  const post = (message: ThreadOrder) => thread.post(message);
  return {
    failed,
    async start() {
      await ready;
      const started = told("started");
      post({ kind: "start", ...order });
      await started;
    },
    async measure(window) {
      const counted = told("counted");
      post({ kind: "measure", window });
      return (await counted).counts;
    },
    cut: () => post({ kind: "cut" }),
    async stop() {
      const stopped = told("stopped");
      post({ kind: "stop" });
      // A thread that has failed says nothing more.
      await Promise.race([stopped, failed.catch(() => undefined)]);
    },
    end() {
      hasEnded = true;
      thread.terminate();
    },
  };
}
