/**
 * `POST /-/heap-snapshot?worker=N` of the admin listener: a thread's heap as a file for the developer tools of a browser.
 *
 * Idea: taking one needs a multiple of the heap and stops the thread, so there is one at a time, and none when the memory left
 * below the limit could not hold it. Whoever asks needs the admin token: a heap holds what passed through it.
 */
import type { ServerConfig } from "../config/schema.ts";
import { SNAPSHOT_MS_MAX, sendHeapSnapshot } from "../data/send-heap-snapshot.ts";
import { HttpError, problemResponse } from "../http/http-error.ts";
import type { Logger } from "../log/logger.ts";
import { capabilities, type RuntimeName, runtimeOf } from "../runtime/capabilities.ts";
import type { Resource, RuntimePort, ThreadPort } from "../runtime/port.ts";
import { memoryCell } from "../zones/memory-row.ts";
import { zoneShape } from "../zones/shape.ts";
import { workerZones } from "../zones/zones.ts";
import { refuseWithoutToken } from "./admin-token.ts";
import type { DataPlanes } from "./data-planes.ts";
import { receiveHeapSnapshot } from "./receive-heap-snapshot.ts";

export interface SnapshotSources {
  readonly config: ServerConfig;
  readonly logger: Pick<Logger, "info" | "warn">;
  readonly runtime: Pick<RuntimePort, "adapter" | "threadMemory">;
  readonly zones: SharedArrayBuffer;
  readonly planes: () => Pick<DataPlanes, "snapshot"> | undefined;
  /** What is left below the limit. */
  readonly freeBytes: () => number;
  /** Told when a snapshot begins and when it has ended. */
  readonly changed: (isTaking: boolean) => void;
}

/**
 * What a snapshot may take: the runtime's own objects, and this many times the heap. Measured with 150 MB of small objects,
 * the worst of heaps: 6.5 times on Bun, 11 times on Deno; and with an empty heap.
 */
const costOf: Readonly<Record<RuntimeName, { readonly fixedBytes: number; readonly times: number }>> = {
  bun: { fixedBytes: 16 * 1024 ** 2, times: 7 },
  deno: { fixedBytes: 32 * 1024 ** 2, times: 12 },
};

/** A client that takes nothing for so long has left. */
const CLIENT_MS_MAX = 30_000;

/** A row of a worker, or the main thread. */
type Target = number | "main";

interface HeapReading {
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
}

export function heapSnapshotResource(sources: SnapshotSources): Resource {
  let isTaking = false;

  async function take(request: Request): Promise<Response> {
    const target = targetOf(new URL(request.url).searchParams.get("worker"));
    if (isTaking) throw new HttpError(409, "SNAPSHOT_RUNS", "A heap snapshot is being taken; ask when it is done.");
    refuseWithoutRoom(sources, target);
    const { port1, port2 } = new MessageChannel();
    const port = port1 as unknown as ThreadPort;
    const isAlive = order(sources, target, port2 as unknown as ThreadPort);
    if (!isAlive) {
      port.close();
      throw new HttpError(404, "NO_SUCH_WORKER", `Worker ${target} does not listen; /-/memory names the workers.`);
    }
    isTaking = true;
    sources.changed(true);
    sources.logger.warn("a heap snapshot is taken; the thread serves nothing meanwhile", { worker: String(target) });
    const done = () => {
      isTaking = false;
      sources.changed(false);
      sources.logger.info("the heap snapshot has ended", { worker: String(target) });
    };
    const times = { pieceMs: SNAPSHOT_MS_MAX, clientMs: CLIENT_MS_MAX };
    return snapshotResponse(target, await receiveHeapSnapshot({ port, isAlive }, times, done));
  }

  const endpoint = async (request: Request): Promise<Response> => {
    try {
      const refused = refuseWithoutToken(request, sources.config.admin.token_file);
      if (refused) throw refused;
      return await take(request);
    } catch (error) {
      if (error instanceof HttpError) return problemResponse(error);
      const reason = error instanceof Error ? error.message : String(error);
      return problemResponse(new HttpError(503, "SNAPSHOT_FAILED", `The heap snapshot failed: ${reason}.`));
    }
  };
  return { pattern: "/-/heap-snapshot", endpoints: new Map([["POST", endpoint]]) };
}

function targetOf(worker: string | null): Target {
  if (worker === "main") return "main";
  if (worker !== null && /^\d{1,3}$/.test(worker)) return Number(worker);
  throw new HttpError(400, "BAD_WORKER", "Name a thread: ?worker=main, or ?worker=0 and up for the workers.");
}

/** Whether the thread is still there; undefined: it does not listen. */
function order({ planes }: SnapshotSources, target: Target, port: ThreadPort): (() => boolean) | undefined {
  if (target !== "main") return planes()?.snapshot(target, port);
  sendHeapSnapshot(port, () => undefined);
  return () => true;
}

function refuseWithoutRoom(sources: SnapshotSources, target: Target): void {
  const { adapter } = sources.runtime;
  const { fixedBytes, times } = costOf[runtimeOf(adapter)];
  const { heapUsedBytes, externalBytes } = heapOf(sources, target);
  // Buffers are not in the snapshot.
  const heapBytes = capabilities[adapter].heapApart.has ? heapUsedBytes : Math.max(0, heapUsedBytes - externalBytes);
  const needed = fixedBytes + times * heapBytes;
  const free = sources.freeBytes();
  if (needed <= free) return;
  throw new HttpError(
    503,
    "NO_ROOM_FOR_SNAPSHOT",
    `A snapshot of this heap may take ${mib(needed)} MiB and ${mib(free)} MiB are left below the limit; take it where there is more memory, or after POST /-/roll, with workers that hold less.`,
  );
}

function heapOf({ config, runtime, zones }: SnapshotSources, target: Target): HeapReading {
  if (target === "main") return runtime.threadMemory();
  const shape = zoneShape(config);
  if (target >= shape.workers) throw new HttpError(404, "NO_SUCH_WORKER", `There is no worker ${target}.`);
  const { memory } = workerZones(zones, shape, target);
  return {
    heapUsedBytes: memory[memoryCell.heapUsedBytes] as number,
    externalBytes: memory[memoryCell.externalBytes] as number,
  };
}

function snapshotResponse(target: Target, body: ReadableStream<Uint8Array>): Response {
  const thread = target === "main" ? "main" : `worker-${target}`;
  return new Response(body, {
    headers: {
      "content-type": "application/json",
      "content-disposition": `attachment; filename="${thread}.heapsnapshot"`,
      "cache-control": "no-store",
    },
  });
}

function mib(bytes: number): number {
  return Math.max(0, Math.round(bytes / 1024 ** 2));
}
