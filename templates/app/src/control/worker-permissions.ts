/** What a worker may do: listen on its one address. Everything else comes to it by message. */
import type { ServerConfig } from "../config/schema.ts";
import type { WorkerPermissions } from "../runtime/port.ts";

export function workerPermissions(config: ServerConfig, port: number): WorkerPermissions {
  const { host } = config.server;
  return { net: [host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`], read: [] };
}
