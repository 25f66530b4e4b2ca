/** What the control plane and a worker say to each other: plain data, copied between threads. */
import type { ServerConfig } from "../config/schema.ts";
import type { ListenOptions, ThreadPort } from "../runtime/port.ts";

/** A feature's part of a worker's order: memory that is shared, and what the control plane prepared. */
export interface FeatureParts {
  /** The rows of all workers. */
  readonly counters: SharedArrayBuffer;
  readonly zone: SharedArrayBuffer;
  readonly prepared: unknown;
  readonly port: ThreadPort | undefined;
}

/** Everything that a worker needs to serve; it reads no file and no environment of its own. */
export interface StartOrder {
  readonly type: "start";
  readonly worker: number;
  /** Where to listen: the configured port, or the one that the kernel chose for port 0. */
  readonly port: number;
  readonly config: ServerConfig;
  readonly tls: ListenOptions["tls"];
  readonly zones: SharedArrayBuffer;
  /** By the feature's name. */
  readonly features: Readonly<Record<string, FeatureParts>>;
}

export type ToWorker =
  | StartOrder
  | { readonly type: "drain"; readonly deadlineMs: number }
  /** A snapshot of the thread's heap, sent through the port (data/send-heap-snapshot.ts). */
  | { readonly type: "snapshot"; readonly port: ThreadPort }
  /** What the features prepared anew, by name. */
  | { readonly type: "reload"; readonly prepared: Readonly<Record<string, unknown>> };

export type FromWorker =
  | { readonly type: "listening"; readonly port: number }
  /** The worker could not start, and trying again would not help. */
  | { readonly type: "refused"; readonly message: string }
  | { readonly type: "drained"; readonly cut: boolean };
