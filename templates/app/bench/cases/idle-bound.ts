/** How many idle connections can be opened here: the least of what is wanted, what the server admits and what the kernel gives. */
import type { ServerConfig } from "../../src/config/schema.ts";

/** What the server admits. */
export interface IdleLimits {
  readonly limits: Pick<ServerConfig["limits"], "connections_max">;
  readonly websocket: Pick<ServerConfig["websocket"], "connections_max">;
}

export interface IdleMachine {
  readonly platform: string;
  /** RLIMIT_NOFILE; undefined: not known, or without a bound. Server and generator have the same: one starts the other. */
  readonly files: number | undefined;
}

export interface IdleBound {
  readonly connections: number;
  /** Why it is fewer than wanted, in a sentence; undefined: it is not. */
  readonly reason: string | undefined;
}

/** Files of a runtime that are no connections (threads, listeners, logs, programs' own), and the bench's own requests. */
const FILES_RESERVED = 256;
/** What the bench itself asks beside the idle connections. */
export const CONNECTIONS_RESERVED = 2;
/** Linux alone has all of 127.0.0.0/8; elsewhere there is one address, with ports 49,152 to 65,535 (RFC 6335), some in use. */
const PORTS_OF_ONE_ADDRESS = 16_000;

export function idleBound(
  wanted: number,
  protocol: "http" | "websocket",
  config: IdleLimits,
  { platform, files }: IdleMachine,
): IdleBound {
  const { connections_max: admitted } = config.limits;
  const bounds: (readonly [connections: number, why: string])[] = [
    [admitted - CONNECTIONS_RESERVED, `limits.connections_max is ${admitted}`],
  ];
  if (protocol === "websocket") {
    const { connections_max: sockets } = config.websocket;
    bounds.push([sockets, `websocket.connections_max is ${sockets}`]);
  }
  if (files !== undefined) bounds.push([files - FILES_RESERVED, `a process may have ${files} open files (ulimit -n)`]);
  if (platform !== "linux") bounds.push([PORTS_OF_ONE_ADDRESS, `there is one loopback address on ${platform}`]);
  const [least, why] = bounds.reduce((a, b) => (b[0] < a[0] ? b : a));
  if (wanted <= least) return { connections: wanted, reason: undefined };
  const connections = Math.max(0, least);
  return { connections, reason: `${connections} connections instead of ${wanted}: ${why}.` };
}

/** Why so many were opened and no more, by the notes of the bench; undefined: no more were wanted. */
export function whyNoMore(connections: number, notes: readonly string[]): string | undefined {
  const beginning = `${connections} connections instead of `;
  const note = notes.find((each) => each.startsWith(beginning));
  return note?.slice(note.indexOf(": ") + 2).replace(/\.$/, "");
}
