/** What both Deno adapters share: threads with permissions, memory readings, replacing the process. */
import { getHeapStatistics, type HeapInfo } from "node:v8";
import { runtimeVersions } from "./capabilities.ts";
import { watchCollections } from "./collection-watch.ts";
import { denoMallocProof } from "./deno-malloc.ts";
import { openFile } from "./open-file.ts";
import type { RuntimePort, Transferable, WorkerEvents, WorkerPermissions, WorkerThread } from "./port.ts";

/** The part of Deno's Worker that is used here; @types/deno does not declare the class. */
interface DenoWorker {
  onmessage: (event: { readonly data: unknown }) => void;
  onerror: (event: { readonly message: string; preventDefault(): void }) => void;
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
  terminate(): void;
}
declare const Worker: new (module: URL, options: object) => DenoWorker;

/**
 * A worker parses what strangers send, so it gets an explicit list and nothing else; the control plane hands it
 * by message whatever else it needs. `environmentNames`: variables that the adapter's own libraries read.
 * Needs --unstable-worker-options.
 */
export function startDenoWorker(
  module: URL,
  permissions: WorkerPermissions,
  events: WorkerEvents,
  environmentNames: readonly string[] = [],
): WorkerThread {
  const worker = new Worker(module, {
    type: "module",
    deno: {
      permissions: {
        // An empty list would be all of it.
        net: permissions.net.length === 0 ? false : [...permissions.net],
        read: permissions.read.length === 0 ? false : [...permissions.read],
        env: environmentNames.length === 0 ? false : [...environmentNames],
        run: false,
        ffi: false,
        write: false,
        sys: false,
        import: false,
      },
    },
  });
  worker.onmessage = (event) => events.message(event.data);
  worker.onerror = (event) => {
    // Without this the error goes on to end the whole process.
    event.preventDefault();
    events.error(event.message);
  };
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
}

/**
 * execve through the C library: Deno has no call of its own for it. Pointers stay valid because the buffers are
 * referenced until the call; on success it does not return. Needs --allow-ffi and --allow-env.
 */
function exec(path: string, args: readonly string[], environment: Readonly<Record<string, string>>): void {
  if (Deno.build.os !== "linux" && Deno.build.os !== "darwin") return;
  const library = Deno.dlopen(Deno.build.os === "linux" ? "libc.so.6" : "libSystem.dylib", {
    execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
  });
  const argv = stringVector([path, ...args]);
  const envp = stringVector(Object.entries(environment).map(([name, value]) => `${name}=${value}`));
  library.symbols.execve(cString(path), argv.pointers, envp.pointers);
  // Reached only when the call failed; naming the vectors keeps their strings alive until here.
  library.close();
  argv.strings.length = 0;
  envp.strings.length = 0;
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** A NULL-terminated array of pointers to C strings. */
function stringVector(texts: readonly string[]): { pointers: BigUint64Array<ArrayBuffer>; strings: Uint8Array[] } {
  const strings = texts.map(cString);
  const pointers = new BigUint64Array(texts.length + 1);
  strings.forEach((string, index) => {
    pointers[index] = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(string)));
  });
  return { pointers, strings };
}

export const denoProcess = {
  version: `Deno ${Deno.version.deno}`,
  pinned: runtimeVersions.deno,
  startWorker: (module: URL, permissions: WorkerPermissions, events: WorkerEvents) =>
    startDenoWorker(module, permissions, events),
  startThread: (module: URL, events: WorkerEvents) => startDenoWorker(module, { net: [], read: [] }, events),
  exec,
  openFile,
  mallocProof: denoMallocProof,
  memory() {
    const { rss, heapUsed, heapTotal, external } = Deno.memoryUsage();
    return { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external };
  },
  threadMemory() {
    const heap = getHeapStatistics() as HeapInfo & { readonly total_allocated_bytes?: number };
    return {
      heapUsedBytes: heap.used_heap_size,
      heapLimitBytes: heap.heap_size_limit,
      externalBytes: heap.external_memory,
      allocatedBytes: heap.total_allocated_bytes,
    };
  },
  // A collection's cost is in nanoseconds here, whatever node:v8 documents.
  watchCollections: () => watchCollections(1e-3),
} satisfies Partial<RuntimePort>;
