/**
 * What each runtime adapter can and cannot do, as plain data without imports.
 *
 * The generator reads this table to refuse a choice in words before a project exists; the server's README prints
 * the remaining limits from it. A difference between runtimes that is not a row here is a defect.
 */

/** The pinned runtime versions: the one place where they stand. */
export const runtimeVersions = { bun: "1.4.5", deno: "2.9.6" } as const;

export type RuntimeName = keyof typeof runtimeVersions;
export type AdapterName = "bun" | "deno-serve" | "deno-http";

/** Whether an adapter has a capability, and if not (or only partly), why, and what stands in for it. */
export interface Capability {
  readonly has: boolean;
  /** A sentence for the user; present when `has` is false or the capability has a catch. */
  readonly reason?: string;
}

export type CapabilityName =
  | "headTimeout"
  | "requestTimeout"
  | "idleTimeout"
  | "headBytesLimit"
  | "nativeBodyLimit"
  | "connectionLimit"
  | "nativeRoutes"
  | "hostCheck"
  | "earlyHead"
  | "headContentType"
  | "backlog"
  | "workerPermissions"
  | "heapLimit"
  | "semiSpace"
  | "allocatorChoice"
  | "websocketBackpressureLimit"
  | "websocketMessageLimit"
  | "tlsProfile"
  | "stallReplacement"
  | "drainUploads"
  | "drainCut";

const yes: Capability = { has: true };
const no = (reason: string): Capability => ({ has: false, reason });
const partly = (reason: string): Capability => ({ has: true, reason });

export const capabilities: Readonly<Record<AdapterName, Readonly<Record<CapabilityName, Capability>>>> = {
  bun: {
    headTimeout: partly("Bun closes a connection whose head is incomplete after about 10 s; the time cannot be set."),
    requestTimeout: no("Bun cuts uploads slower than 16 KB/s by itself; a time for the whole request cannot be set."),
    idleTimeout: partly("Whole seconds, 255 at most."),
    headBytesLimit: yes,
    nativeBodyLimit: yes,
    connectionLimit: no("Bun.serve has no limit on connections; the limit on file descriptors is the bound."),
    nativeRoutes: yes,
    earlyHead: no(
      "Bun ends a streamed reply's head with its first chunk: an event stream opens when it first says something.",
    ),
    hostCheck: yes,
    headContentType: no("Bun leaves the Content-Type of a plain text reply out of its answer to HEAD."),
    backlog: no("Bun.serve fixes the backlog itself."),
    workerPermissions: no("Bun has no permission system; workers can do what the process can."),
    heapLimit: no("JavaScriptCore has no hard heap cap; the container's or unit's memory limit is the bound."),
    semiSpace: no("JavaScriptCore has no semi-space."),
    allocatorChoice: no("Bun links its own mimalloc; a preloaded allocator is loaded but serves nothing."),
    websocketBackpressureLimit: yes,
    websocketMessageLimit: yes,
    tlsProfile: yes,
    stallReplacement: yes,
    drainUploads: yes,
    drainCut: yes,
  },
  "deno-serve": {
    headTimeout: no("Deno.serve has no timeouts: run it behind a proxy that has them."),
    requestTimeout: no("Deno.serve has no timeouts: run it behind a proxy that has them."),
    idleTimeout: no("Deno.serve has no timeouts: run it behind a proxy that has them."),
    headBytesLimit: no("Deno.serve fixes the limit at 64 KiB and 128 headers."),
    nativeBodyLimit: no("Deno.serve has no body limit; the server counts the bytes while it reads."),
    connectionLimit: no(
      "Deno.serve has no limit on connections; the proxy's limit and the file descriptors are the bound.",
    ),
    nativeRoutes: no("Deno.serve has no router; the server brings a perfect hash and a parameter tree."),
    earlyHead: yes,
    hostCheck: no(
      "Deno.serve builds a request's URL from an unchecked Host header, so a slash in it shifts the path: the proxy must refuse malformed hosts, as nginx and HAProxy do.",
    ),
    headContentType: yes,
    backlog: yes,
    workerPermissions: yes,
    heapLimit: yes,
    semiSpace: yes,
    allocatorChoice: yes,
    websocketBackpressureLimit: partly("Deno queues without bound; the server checks the queued bytes at each send."),
    websocketMessageLimit: partly(
      "Deno receives a message whole before its size is known; the server closes the socket then.",
    ),
    tlsProfile: no("Deno's TLS always offers 1.2 and 1.3; the lowest version cannot be set."),
    stallReplacement: no(
      "Deno cannot end a thread in a busy loop, which keeps its share of the port; the process gives up instead.",
    ),
    drainUploads: no("Deno.serve breaks off request bodies that are still arriving when a shutdown begins."),
    drainCut: no("Deno.serve cannot cut what a shutdown waits for; the end of the worker or process cuts it."),
  },
  "deno-http": {
    headTimeout: yes,
    requestTimeout: yes,
    idleTimeout: yes,
    headBytesLimit: yes,
    nativeBodyLimit: no("node:http has no body limit; the server counts the bytes while it reads."),
    connectionLimit: yes,
    nativeRoutes: no("node:http has no router; the server brings a perfect hash and a parameter tree."),
    earlyHead: yes,
    hostCheck: yes,
    headContentType: yes,
    backlog: yes,
    workerPermissions: yes,
    heapLimit: yes,
    semiSpace: yes,
    allocatorChoice: yes,
    websocketBackpressureLimit: yes,
    websocketMessageLimit: yes,
    tlsProfile: yes,
    stallReplacement: no(
      "Deno cannot end a thread in a busy loop, which keeps its share of the port; the process gives up instead.",
    ),
    drainUploads: yes,
    drainCut: yes,
  },
};

/** Variables of the environment that an adapter's own libraries insist on reading: `ws` asks for its native parts. */
export const libraryVariables: Readonly<Record<AdapterName, readonly string[]>> = {
  bun: [],
  "deno-serve": [],
  "deno-http": ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE"],
};

/** The runtime under an adapter. */
export function runtimeOf(adapter: AdapterName): RuntimeName {
  return adapter === "bun" ? "bun" : "deno";
}
