/**
 * A feature: a removable part of the server. `wiring.ts` lists the chosen ones, outermost first; nothing else imports
 * them, and they never import each other.
 *
 * A feature has two sides. `prepare` and `control` run in the control plane, which may read files and owns the admin
 * listener; `install` runs in each worker, which may not. What both share is the feature's zone; what a worker needs
 * to know comes to it as the plain data that `prepare` returned.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Logger } from "../log/logger.ts";
import type { WorkerMemory } from "../memory/worker-memory.ts";
import type { Resource, RuntimePort, SocketEntry, ThreadPort, Transferable } from "../runtime/port.ts";
import type { WorkerZones } from "../zones/zones.ts";
import type { Context } from "./context.ts";
import type { Middleware } from "./middleware.ts";
import type { HeaderPair, Stamp } from "./responder.ts";
import type { Reply } from "./route.ts";
import type { OptionName } from "./route-options.ts";

/** One number per worker in shared memory, summed by the metrics page. */
export interface CounterDefinition {
  /** Metric with labels: `fastserve_cache_requests_total{result="hit"}`. Labels have few and fixed values. */
  readonly metric: string;
  readonly help: string;
}

/** What a feature may use inside one worker. */
export interface FeatureServices {
  readonly config: ServerConfig;
  readonly worker: number;
  readonly zones: WorkerZones;
  readonly logger: Logger;
  readonly memory: WorkerMemory;
  /** This worker's row of the feature's counters, in their order; written with `add` of zones/counters.ts. */
  readonly counters: Float64Array;
  /** The feature's shared memory, of `zoneBytes`. */
  readonly zone: SharedArrayBuffer;
  /** What `prepare` returned. */
  readonly prepared: unknown;
  /** To the feature's control side; undefined unless that hears `message`. */
  readonly port: ThreadPort | undefined;
  readonly openFile: RuntimePort["openFile"];
}

/** A fallback's answer when the path is none of its own. */
export const PASS: unique symbol = Symbol("pass");
export type Fallback = (context: Context) => Reply | typeof PASS | Promise<Reply | typeof PASS>;

/** What a feature adds to one worker; resolved once, before the worker listens. */
export interface FeatureHooks {
  /** Around every route, and around the answer where there is none. */
  readonly middleware?: Middleware;
  /** Headers of every response that does not set them itself. */
  readonly headers?: readonly HeaderPair[];
  /** Headers whose value each request has its own of. */
  readonly stamp?: Stamp | readonly Stamp[];
  /** WebSocket routes. */
  readonly sockets?: readonly SocketEntry[];
  /** Asked for any method when no route has the path. */
  readonly fallback?: Fallback;
  /** Called after each request of a route or of the fallback. Must not read the request's body. */
  readonly observe?: (context: Context, response: Response, durationUs: number) => void;
  /** The control plane prepared anew: SIGHUP or the admin listener's reload. */
  readonly reload?: (prepared: unknown) => void;
  /** Called when the worker has drained: timers end here. */
  readonly stop?: () => void;
}

/** What a feature may use in the control plane. */
export interface ControlServices {
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly zone: SharedArrayBuffer;
  /** One row per worker. */
  readonly counters: readonly Float64Array[];
  readonly zones: readonly WorkerZones[];
  /** Memory that the process holds and the kernel cannot take back (control/held-memory.ts). */
  readonly rssBytes: () => number;
  readonly runtime: Pick<RuntimePort, "adapter" | "startThread">;
  /** What SIGHUP does. */
  readonly reload: () => void;
}

/** Sends to the worker; what it sends to one that is gone is lost. */
export type Answer = (message: unknown, transfer: readonly Transferable[]) => void;

export interface ControlHooks {
  /** Further paths of the admin listener. */
  readonly admin?: readonly Resource[];
  /** Further lines of the metrics page, complete with HELP and TYPE. */
  readonly metrics?: () => string;
  /** What the feature holds in memory, by what it is for: for the memory report. */
  readonly memory?: () => Readonly<Record<string, number>>;
  /** Called about every 500 ms. */
  readonly tick?: () => void;
  /** A message of a worker's port. Where this is present each worker gets one, anew at each start. */
  readonly message?: (message: unknown, answer: Answer, worker: number) => void;
  /** A worker's thread has ended: give back what it held. */
  readonly reclaim?: (worker: number) => void;
  readonly stop?: () => void;
}

export interface Feature {
  readonly name: string;
  /** Route options that this feature acts on. */
  readonly options?: readonly OptionName[];
  readonly counters?: readonly CounterDefinition[];
  /** Bytes of shared memory that the feature needs with this configuration. */
  zoneBytes?(config: ServerConfig): number;
  /** Files and folders that a worker must be allowed to read. */
  reads?(config: ServerConfig): readonly string[];
  /** Plain data for the workers; again at each reload. Throws Error with a sentence for the operator. */
  prepare?(config: ServerConfig, logger: Logger): unknown;
  control?(services: ControlServices): ControlHooks;
  install(services: FeatureServices): FeatureHooks | Promise<FeatureHooks>;
}
