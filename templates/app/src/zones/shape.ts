/** The shape of the zones that a configuration asks for. */
import type { ServerConfig } from "../config/schema.ts";
import type { ZoneShape } from "./zones.ts";

export function zoneShape(config: ServerConfig): ZoneShape {
  return {
    workers: config.workers.count,
    latencySteps: config.zones.latency_steps,
    inFlightMax: config.limits.in_flight_max,
    bodiesBytesMax: config.limits.bodies_bytes_max,
    socketsMax: config.websocket.connections_max,
  };
}
