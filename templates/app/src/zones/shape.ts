/** The shape of the zones that a configuration asks for. */
import type { ServerConfig } from "../config/schema.ts";
import type { ZoneShape } from "./zones.ts";

/**
 * Rows of per-worker memory. One more than there are workers, where those are threads: a worker is replaced while it still
 * drains, and two threads must not write one row.
 */
export function workerRows({ workers }: Pick<ServerConfig, "workers">): number {
  return workers.mode === "threads" ? workers.count + 1 : 1;
}

export function zoneShape(config: ServerConfig): ZoneShape {
  return {
    workers: workerRows(config),
    latencySteps: config.zones.latency_steps,
    inFlightMax: config.limits.in_flight_max,
    bodiesBytesMax: config.limits.bodies_bytes_max,
    socketsMax: config.websocket.connections_max,
  };
}
