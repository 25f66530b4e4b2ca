/**
 * A feature: a removable part of the data plane. `wiring.ts` lists the chosen ones; nothing else imports them, and
 * they never import each other.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Logger } from "../log/logger.ts";
import type { SocketEntry } from "../runtime/port.ts";
import type { WorkerZones } from "../zones/zones.ts";

/** What a feature may use inside one worker. */
export interface FeatureServices {
  readonly config: ServerConfig;
  readonly zones: WorkerZones;
  readonly logger: Logger;
}

/** What a feature adds to one worker; resolved once, before the worker listens. */
export interface FeatureHooks {
  /** WebSocket routes. */
  readonly sockets?: readonly SocketEntry[];
  /** Called after each request of a route or of the fallback. Must not read the request's body. */
  readonly observe?: (request: Request, response: Response, durationUs: number) => void;
}

export interface Feature {
  readonly name: string;
  install(services: FeatureServices): FeatureHooks;
}
