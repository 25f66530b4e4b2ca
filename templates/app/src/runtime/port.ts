/**
 * The runtime port: all that the server needs from Bun or Deno beyond web standards and node: modules.
 *
 * Each adapter exports one object that satisfies `RuntimePort`; `wiring.ts` names one of them. Nothing else in the
 * server mentions `Bun` or `Deno`. What an adapter cannot do is a row in `capabilities.ts`, never a silent gap.
 */
import type { PathParams } from "../http/parameter-types.ts";
import type { WorkerMemory } from "../memory/worker-memory.ts";
import type { AdapterName } from "./capabilities.ts";
import type { FileStamp } from "./file-stamp.ts";

/** Answers one request. A synchronous answer stays synchronous: it costs no promise. */
export type Endpoint<Params = PathParams> = (
  request: Request,
  params: Params,
  peer: Peer,
) => Response | Promise<Response>;

/** One path pattern, such as "/users/:id" or "/files/*", with an endpoint for each method that it answers. */
export interface Resource {
  readonly pattern: string;
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** Answers the methods that `endpoints` does not name. */
  readonly any?: Endpoint;
}

/** The endpoint of a resource for a method. */
export function endpointOf(resource: Resource, method: string): Endpoint | undefined {
  const endpoint = resource.endpoints.get(method);
  // Its success would promise a tunnel (RFC 9110, section 9.3.6), which no handler of "any method" means.
  if (endpoint || method === "CONNECT") return endpoint;
  return resource.any;
}

/** A response that never changes: made once. Adapters with the capability `nativeRoutes` send it without JavaScript. */
export interface FixedResponse {
  readonly method: string;
  /** An exact path. */
  readonly pattern: string;
  readonly body: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The adapter's own handle of the other side; only `RuntimePort.address` looks inside. It costs nothing to pass on. */
export type Peer = unknown;

/** One open WebSocket, as handlers see it. */
export interface Socket {
  /**
   * Sends text or one binary message, whose bytes must not change afterwards (capability `socketCopies`). "dropped": over
   * the unsent limit, and the socket is being closed. "sent": it waits for the end of the turn at most.
   */
  send(message: string | Uint8Array): "sent" | "queued" | "dropped";
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Bytes that the other side has not taken yet. */
  unsentBytes(): number;
}

export interface SocketHandlers {
  open?(socket: Socket): void;
  message(socket: Socket, message: string | Uint8Array): void;
  /** Called once per opened socket, whoever closed it. */
  close?(socket: Socket, code: number, reason: string): void;
}

export interface SocketEntry {
  readonly pattern: string;
  readonly handlers: SocketHandlers;
  /** Refuses the upgrade by returning a response; undefined accepts. */
  admit(request: Request): Response | undefined;
}

export interface SocketLimits {
  readonly messageBytesMax: number;
  readonly unsentBytesMax: number;
  readonly idleMs: number;
}

/** Everything that a listener serves, complete before it opens. */
export interface Site {
  readonly resources: readonly Resource[];
  /** Responses among the resources that never change. */
  readonly constants: readonly FixedResponse[];
  readonly sockets: readonly SocketEntry[];
  /** Answers what no resource does: 404 for the path, 405 for the method. */
  readonly fallback: (request: Request, peer: Peer) => Response | Promise<Response>;
  /** Answers for an endpoint that threw past the pipeline: the last line of defence. */
  readonly onError: (error: unknown) => Response;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Several listeners share the port (SO_REUSEPORT); the kernel balances. */
  readonly reusePort: boolean;
  readonly backlogMax: number | undefined;
  readonly tls:
    | { readonly certPem: string; readonly keyPem: string; readonly profile: "modern" | "intermediate" }
    | undefined;
  readonly headMs: number | undefined;
  readonly requestMs: number | undefined;
  readonly idleMs: number | undefined;
  readonly headBytesMax: number | undefined;
  readonly bodyBytesMax: number;
  readonly connectionsMax: number;
  /** Requests after which a connection is closed; undefined or 0: no bound. */
  readonly requestsPerConnectionMax: number | undefined;
  readonly sockets: SocketLimits;
  /** This worker's row of zones/counters.ts: adapters that see connections count them there. */
  readonly counters: Float64Array;
  /** What the adapter may keep and use again; undefined: nothing. */
  readonly memory: WorkerMemory | undefined;
}

export interface Listener {
  readonly port: number;
  /**
   * Stops accepting, closes WebSockets with 1001, lets requests in flight finish, and cuts what is left at the
   * deadline. Resolves when nothing is open; never rejects. Returns whether something had to be cut.
   */
  drain(deadlineMs: number): Promise<{ cut: boolean }>;
}

/** What a Deno worker may do; on Bun it is stated and not enforced (capability `workerPermissions`). */
export interface WorkerPermissions {
  /** "host:port" that the worker may listen on. */
  readonly net: readonly string[];
  /** Files and folders that it may read. */
  readonly read: readonly string[];
}

/** What is handed over to another thread instead of being copied. */
export type Transferable = ArrayBuffer | ThreadPort;

/** One end of a message channel between threads: the part of a standard MessagePort that both runtimes' types agree on. */
export interface ThreadPort {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
  close(): void;
}

export interface WorkerThread {
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** Ends the thread at once. */
  terminate(): void;
}

export interface WorkerEvents {
  message(data: unknown): void;
  /** The thread threw past every handler; it is dead or about to be terminated. */
  error(message: string): void;
}

export interface MemoryReading {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  readonly externalBytes: number;
}

/** What the engine tells of the calling thread's own memory; cheap enough to ask twice a second. */
export interface ThreadMemory {
  readonly heapUsedBytes: number;
  /** undefined: the engine has no limit of its own (capability `heapLimit`). */
  readonly heapLimitBytes: number | undefined;
  readonly externalBytes: number;
  /** Allocated on the heap since the thread began; undefined: the engine does not count (capability `allocatedBytes`). */
  readonly allocatedBytes: number | undefined;
}

/** Collections between two looks. */
export interface Collections {
  readonly count: number;
  readonly usSum: number;
  readonly usMax: number;
  /** By how much the heap grew between them. */
  readonly allocatedBytes: number;
}

export interface CollectionWatch {
  /** What happened since the last call. */
  take(): Collections;
  stop(): void;
}

/** A piece of a body: bytes at hand, or those from `start` to before `end` of the file. */
export type FileSegment = Uint8Array | { readonly start: number; readonly end: number };

/** A regular file, open or about to be. Either `body` or `close` is called, once. */
export interface OpenFile {
  readonly stamp: FileStamp;
  /** The segments, one after the other. It fails, and with it the response, when the file changes meanwhile. */
  body(segments: readonly FileSegment[]): ReadableStream<Uint8Array>;
  /** Bytes [start, end), sent by the kernel; undefined: the runtime cannot (capability `zeroCopyFiles`). */
  nativeBody?(start: number, end: number): Blob;
  close(): void;
}

/** What this process's own malloc says when it is asked. */
export interface MallocProof {
  /** The file whose code answers to `malloc`; undefined: the runtime's own program. */
  readonly file: string | undefined;
  readonly backend: "mimalloc" | "jemalloc" | "tcmalloc" | "glibc" | "other";
  /** undefined: it does not tell. */
  readonly version: string | undefined;
  /** Whether the memory of a buffer that was just made is in its books; undefined: it cannot be asked. */
  readonly owns: boolean | undefined;
}

export interface RuntimePort {
  readonly adapter: AdapterName;
  /** What runs: "Bun 1.4.5" or "Deno 2.9.6". */
  readonly version: string;
  /** The version that the project was made and measured with. */
  readonly pinned: string;
  listen(site: Site, options: ListenOptions): Promise<Listener>;
  startWorker(module: URL, permissions: WorkerPermissions, events: WorkerEvents): WorkerThread;
  /** A thread that computes: it gets no permission at all. */
  startThread(module: URL, events: WorkerEvents): WorkerThread;
  /** Calls back when the client leaves before it has the whole answer; some adapters also do so after a success. */
  onDeparture(request: Request, peer: Peer, left: () => void): void;
  /** IP address of the other side, without port; "" when it is gone. */
  address(request: Request, peer: Peer): string;
  memory(): MemoryReading;
  /** Asks the malloc that serves this process; undefined: this process may not ask. `maps`: text of /proc/self/maps. */
  mallocProof(maps: string | undefined): MallocProof | undefined;
  threadMemory(): ThreadMemory;
  /** Begins to note the calling thread's collections. */
  watchCollections(): CollectionWatch;
  /** undefined: there is no regular file at this path; a symbolic link is none. Throws when that cannot be told now. */
  openFile(path: string): OpenFile | undefined | Promise<OpenFile | undefined>;
  /**
   * Replaces this process by another program (execve), so that flags and environment take effect before the
   * runtime starts. Returns only when the system cannot do that.
   */
  exec(path: string, args: readonly string[], environment: Readonly<Record<string, string>>): void;
}
