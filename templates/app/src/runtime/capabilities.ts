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
  | "headStatus"
  | "urlLimit"
  | "requestsPerConnection"
  | "closeHeader"
  | "connectionCounts"
  | "expectContinue"
  | "leftBodies"
  | "slowReaders"
  | "nativeBodyLimit"
  | "wholeBodies"
  | "connectionLimit"
  | "nativeRoutes"
  | "hostCheck"
  | "hostRefusal"
  | "unknownMethods"
  | "asyncPipelining"
  | "earlyHead"
  | "headContentType"
  | "zeroCopyFiles"
  | "streamLength"
  | "backlog"
  | "workerPermissions"
  | "heapLimit"
  | "semiSpace"
  | "allocatorChoice"
  | "childEnvironment"
  | "websocketBackpressureLimit"
  | "websocketMessageLimit"
  | "tlsProfile"
  | "stallReplacement"
  | "taskTermination"
  | "constantsCounted"
  | "constantsRevalidated"
  | "rawUnicodePath"
  | "drainUploads"
  | "drainCut"
  | "rollWithoutResets"
  | "heapApart"
  | "allocatedBytes"
  | "collectionPauses"
  | "filePool"
  | "frameBatch"
  | "socketCopies"
  | "partialWrites";

const yes: Capability = { has: true };
const no = (reason: string): Capability => ({ has: false, reason });
const partly = (reason: string): Capability => ({ has: true, reason });

export const capabilities: Readonly<Record<AdapterName, Readonly<Record<CapabilityName, Capability>>>> = {
  bun: {
    // Seen on all adapters: docs/measurements/engine-limits.json.
    headTimeout: partly("Bun closes a connection whose head is incomplete after about 12 s; the time cannot be set."),
    requestTimeout: no("Bun cuts uploads slower than 16 KB/s by itself; a time for the whole request cannot be set."),
    idleTimeout: partly("Whole seconds, 255 at most, and it cuts a request as well whose answer is silent that long."),
    headBytesLimit: yes,
    headStatus: yes,
    urlLimit: no(
      "On Bun looking at a request's URL costs more than most handlers: a URL above the limit is refused where the server or the handler reads it, and the limit of the head bounds it elsewhere.",
    ),
    requestsPerConnection: no("Bun.serve does not tell connections apart; its idle timeout alone ends them."),
    closeHeader: yes,
    connectionCounts: no("Bun.serve does not tell when connections open and close, nor what they carry."),
    expectContinue: no("Bun asks for every announced body itself, before the handler could refuse it."),
    slowReaders: partly(
      "Bun cuts a client that reads an answer more slowly than the idle timeout allows, even where it goes on reading.",
    ),
    leftBodies: no("Bun receives a body in chunks that no handler reads to its end, and throws it away."),
    wholeBodies: yes,
    nativeBodyLimit: yes,
    connectionLimit: no("Bun.serve has no limit on connections; the limit on file descriptors is the bound."),
    nativeRoutes: yes,
    earlyHead: no(
      "Bun ends a streamed reply's head with its first chunk: an event stream opens when it first says something.",
    ),
    hostCheck: yes,
    hostRefusal: no(
      "Bun serves requests whose Host is malformed or doubled and makes the URL of the first; to look at each one's Host would cost a tenth of a small answer. `context.url` refuses both with 400; a handler that decides by `request.url` or the Host itself must check it.",
    ),
    unknownMethods: no("Bun hands a request with a method that it does not know to the handler of GET."),
    asyncPipelining: no(
      "Bun closes a connection on which a request arrives while an asynchronous answer is pending, and loses that answer; browsers and the generated proxies do not pipeline.",
    ),
    headContentType: no("Bun leaves the Content-Type of a plain text reply out of its answer to HEAD."),
    zeroCopyFiles: partly(
      "Bun opens a file when it sends it: one that is replaced within microseconds of the look at it goes out under the earlier entity tag.",
    ),
    streamLength: no("Bun sends a streamed body in chunks, without the length that the reply states."),
    backlog: no("Bun.serve fixes the backlog itself."),
    workerPermissions: no("Bun has no permission system; workers can do what the process can."),
    heapLimit: no("JavaScriptCore has no hard heap cap; the container's or unit's memory limit is the bound."),
    semiSpace: no("JavaScriptCore has no semi-space."),
    allocatorChoice: no("Bun links its own mimalloc; a preloaded allocator is loaded but serves nothing."),
    childEnvironment: partly(
      "Bun.spawn without `env` hands on the environment that the process was started with, the engine's settings in it; pass `env: process.env`, as node:child_process and Bun.$ do by themselves.",
    ),
    websocketBackpressureLimit: yes,
    websocketMessageLimit: yes,
    tlsProfile: yes,
    constantsRevalidated: yes,
    rawUnicodePath: yes,
    taskTermination: yes,
    constantsCounted: no("Bun sends constants without running any JavaScript: they are in no counter."),
    stallReplacement: yes,
    drainUploads: yes,
    // Counted: docs/measurements/threads.json.
    rollWithoutResets: no(
      "Connections that wait to be accepted are reset when their worker is replaced, a few per replacement under load; none where the system has net.ipv4.tcp_migrate_req = 1.",
    ),
    drainCut: yes,
    heapApart: no(
      "JavaScriptCore tells its heap as of the last collection, and what objects keep outside it as a part of it: buffers show in both figures.",
    ),
    allocatedBytes: partly(
      "JavaScriptCore does not count what it allocates: the figure is what the heap grew by between collections, and needs memory.gc_metrics.",
    ),
    collectionPauses: partly(
      "JavaScriptCore collects beside the program: what is told is how long collections took, which is more than they paused it, and one that runs while the server looks, twice a second, is not counted.",
    ),
    filePool: no("Bun sends files by itself: no file passes through buffers of the server but several ranges at once."),
    frameBatch: yes,
    socketCopies: yes,
    partialWrites: yes,
  },
  "deno-serve": {
    headTimeout: no("Deno.serve has no timeouts: run it behind a proxy that has them."),
    requestTimeout: no("Deno.serve has no timeouts: run it behind a proxy that has them."),
    idleTimeout: no("Deno.serve has no timeouts: run it behind a proxy that has them."),
    headBytesLimit: no("Deno.serve fixes the limit at 64 KiB and 128 headers."),
    headStatus: no("Deno.serve answers a head that is too large with 400, not with 431."),
    urlLimit: yes,
    requestsPerConnection: no(
      "Deno.serve does not tell connections apart and cannot close one: the proxy bounds the requests on its connections.",
    ),
    closeHeader: no("Deno.serve keeps a connection open after an answer that says it closes."),
    connectionCounts: no("Deno.serve does not tell when connections open and close, nor what they carry."),
    expectContinue: no("Deno.serve asks for every announced body itself, before the handler could refuse it."),
    slowReaders: no("Deno.serve waits without bound for a client that does not read its answer: the proxy must not."),
    leftBodies: no(
      "Deno.serve receives what is left of a refused body and throws it away, however long it is: the proxy must limit bodies.",
    ),
    wholeBodies: yes,
    nativeBodyLimit: no(
      "Deno.serve has no body limit: the server counts the bytes while it reads, and a handler that takes request.body itself must count them itself.",
    ),
    connectionLimit: no(
      "Deno.serve has no limit on connections; the proxy's limit and the file descriptors are the bound.",
    ),
    nativeRoutes: no("Deno.serve has no router; the server brings a perfect hash and a parameter tree."),
    earlyHead: yes,
    hostCheck: no(
      "Deno.serve builds a request's URL from an unchecked Host header, so a slash in it shifts the path, and takes requests without one: the proxy must refuse both, as nginx and HAProxy do.",
    ),
    hostRefusal: no(
      "Deno.serve serves requests whose Host is malformed: `context.url` refuses most with 400, but the path has decided the route by then. The proxy must refuse them, as the generated configurations of nginx and HAProxy do.",
    ),
    unknownMethods: yes,
    asyncPipelining: yes,
    headContentType: yes,
    zeroCopyFiles: no("Deno has no sendfile: files above the in-memory size are read in chunks of 64 KiB."),
    streamLength: yes,
    backlog: yes,
    workerPermissions: yes,
    heapLimit: yes,
    semiSpace: yes,
    allocatorChoice: yes,
    childEnvironment: yes,
    websocketBackpressureLimit: partly("Deno queues without bound; the server checks the queued bytes at each send."),
    websocketMessageLimit: partly(
      "Deno receives a message whole before its size is known; the server closes the socket then.",
    ),
    tlsProfile: no("Deno's TLS always offers 1.2 and 1.3; the lowest version cannot be set."),
    constantsRevalidated: no(
      "Constants are sent whole each time, without an ETag: to look at If-None-Match would cost more than they do.",
    ),
    rawUnicodePath: yes,
    taskTermination: no(
      "Deno cannot end a thread that computes: a task beyond its deadline is answered with 503, and its thread is busy until it is done.",
    ),
    constantsCounted: yes,
    stallReplacement: no(
      "Deno cannot end a thread in a busy loop, which keeps its share of the port; the process gives up instead.",
    ),
    drainUploads: no("Deno.serve breaks off request bodies that are still arriving when a shutdown begins."),
    rollWithoutResets: no(
      "Connections that wait to be accepted, or whose first request was not read yet, are closed when their worker is replaced: a few per replacement under load. A proxy that tries again on another connection hides them.",
    ),
    drainCut: no("Deno.serve cannot cut what a shutdown waits for; the end of the worker or process cuts it."),
    heapApart: yes,
    allocatedBytes: yes,
    collectionPauses: yes,
    filePool: no(
      "Deno.serve still reads a chunk of a stream after it has asked for the next ones, and does not tell when it is done: each read of a file gets a buffer of its own.",
    ),
    frameBatch: no(
      "Deno.serve makes and queues WebSocket frames in native code, which decides by itself what leaves in one write.",
    ),
    socketCopies: yes,
    partialWrites: no(
      "Deno throws EAGAIN for a write that a full pipe took in part, and does not tell how much it took: a log line longer than 4096 bytes may repeat its beginning where the pipe does not block and its reader is too slow.",
    ),
  },
  "deno-http": {
    headTimeout: yes,
    requestTimeout: yes,
    idleTimeout: yes,
    headBytesLimit: yes,
    headStatus: yes,
    urlLimit: yes,
    requestsPerConnection: yes,
    closeHeader: yes,
    connectionCounts: yes,
    expectContinue: yes,
    slowReaders: yes,
    leftBodies: yes,
    wholeBodies: no(
      "node:http hands a body over in chunks as they arrive; with memory.body_assembly one of a declared length is read into memory of that size.",
    ),
    nativeBodyLimit: no(
      "node:http has no body limit: the server counts the bytes while it reads, and a handler that takes request.body itself must count them itself.",
    ),
    connectionLimit: yes,
    nativeRoutes: no("node:http has no router; the server brings a perfect hash and a parameter tree."),
    earlyHead: yes,
    hostCheck: yes,
    hostRefusal: yes,
    unknownMethods: yes,
    asyncPipelining: yes,
    headContentType: yes,
    zeroCopyFiles: no("Deno has no sendfile: files above the in-memory size are read in chunks of 64 KiB."),
    streamLength: yes,
    backlog: yes,
    workerPermissions: yes,
    heapLimit: yes,
    semiSpace: yes,
    allocatorChoice: yes,
    childEnvironment: yes,
    websocketBackpressureLimit: yes,
    websocketMessageLimit: yes,
    tlsProfile: yes,
    constantsRevalidated: no(
      "Constants are sent whole each time, without an ETag: to look at If-None-Match would cost more than they do.",
    ),
    rawUnicodePath: no(
      "node:http refuses a path with characters beyond ASCII that are not percent-encoded; every browser encodes them.",
    ),
    taskTermination: no(
      "Deno cannot end a thread that computes: a task beyond its deadline is answered with 503, and its thread is busy until it is done.",
    ),
    constantsCounted: yes,
    stallReplacement: no(
      "Deno cannot end a thread in a busy loop, which keeps its share of the port; the process gives up instead.",
    ),
    drainUploads: yes,
    rollWithoutResets: no(
      "Connections that wait to be accepted, or whose first request was not read yet, are closed when their worker is replaced: a few per replacement under load. A proxy that tries again on another connection hides them.",
    ),
    drainCut: yes,
    heapApart: yes,
    allocatedBytes: yes,
    collectionPauses: yes,
    filePool: yes,
    frameBatch: yes,
    socketCopies: no(
      "The package ws sends bytes as they are when a slow receiver takes them: with memory.frame_batch off a buffer must not change after it was handed to send.",
    ),
    partialWrites: no(
      "Deno throws EAGAIN for a write that a full pipe took in part, and does not tell how much it took: a log line longer than 4096 bytes may repeat its beginning where the pipe does not block and its reader is too slow.",
    ),
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
