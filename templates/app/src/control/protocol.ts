/** What the control plane and a worker say to each other: plain data, copied between threads. */
import type { ServerConfig } from "../config/schema.ts";
import type { ListenOptions } from "../runtime/port.ts";

/** Everything that a worker needs to serve; it reads no file and no environment of its own. */
export interface StartOrder {
  readonly type: "start";
  readonly worker: number;
  /** Where to listen: the configured port, or the one that the kernel chose for port 0. */
  readonly port: number;
  readonly config: ServerConfig;
  readonly tls: ListenOptions["tls"];
  readonly zones: SharedArrayBuffer;
}

export type ToWorker = StartOrder | { readonly type: "drain"; readonly deadlineMs: number };

export type FromWorker =
  | { readonly type: "listening"; readonly port: number }
  /** The worker could not start, and trying again would not help. */
  | { readonly type: "refused"; readonly message: string }
  | { readonly type: "drained"; readonly cut: boolean };
