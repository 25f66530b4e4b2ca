/** Why a connection could not be made: the server's doing, or this machine's. */
import type { FailureKind } from "./tally.ts";

/**
 * connect(2) and bind(2): the ports between the two addresses are all taken, so the server was never asked. A client binds
 * an address without a port, so "in use" says the same.
 */
const NO_PORT_CODES: readonly unknown[] = ["EADDRNOTAVAIL", "EADDRINUSE"];

/** `error`: undefined: the connection closed without one. */
export function connectFailure(error: Error | undefined): FailureKind {
  return NO_PORT_CODES.includes((error as { readonly code?: unknown } | undefined)?.code) ? "port" : "connect";
}
