/** What a worker may do: listen on its one address, and read what a feature serves from. All else comes by message. */
import type { ServerConfig } from "../config/schema.ts";
import type { WorkerPermissions } from "../runtime/port.ts";

export function workerPermissions(config: ServerConfig, port: number, read: readonly string[]): WorkerPermissions {
  const { host } = config.server;
  return { net: [host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`], read };
}
