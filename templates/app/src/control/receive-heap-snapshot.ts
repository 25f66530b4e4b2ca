/**
 * The receiving end of a heap snapshot: pieces that are asked for one by one, as a stream.
 *
 * It ends, whatever happens on either side: the thread may die, and the client may leave or stop reading. Each is noticed,
 * and then the sender is told to stop and forgets what it holds.
 */
import type { SnapshotAnswer, SnapshotAsk } from "../data/send-heap-snapshot.ts";
import type { ThreadPort } from "../runtime/port.ts";

export interface SnapshotSource {
  readonly port: ThreadPort;
  /** Whether the thread that was asked is still there. */
  readonly isAlive: () => boolean;
}

export interface SnapshotTimes {
  /** How long the thread may take for a piece, the first one above all, for which it stands still. */
  readonly pieceMs: number;
  /** How long the client may take between two pieces. */
  readonly clientMs: number;
}

const CHECK_MS = 200;

/** Resolves with the stream when its first piece is there. `done` is called once, at the end of it all. */
export async function receiveHeapSnapshot(
  { port, isAlive }: SnapshotSource,
  { pieceMs, clientMs }: SnapshotTimes,
  done: () => void,
): Promise<ReadableStream<Uint8Array>> {
  let waiting: { resolve(bytes: Uint8Array | undefined): void; reject(error: Error): void } | undefined;
  let sinceMs = performance.now();
  let isDone = false;

  function finish(error?: Error): void {
    if (isDone) return;
    isDone = true;
    clearInterval(timer);
    port.postMessage("stop" satisfies SnapshotAsk, []);
    port.close();
    if (error) stream?.error(error);
    waiting?.reject(error ?? new Error("nobody wants the snapshot any more"));
    done();
  }

  function next(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      sinceMs = performance.now();
      port.postMessage("more" satisfies SnapshotAsk, []);
    });
  }

  port.onmessage = ({ data }) => {
    const answer = data as SnapshotAnswer;
    const asked = waiting;
    waiting = undefined;
    sinceMs = performance.now();
    if (answer.type === "piece") asked?.resolve(answer.bytes);
    else if (answer.type === "end") asked?.resolve(undefined);
    else asked?.reject(new Error(answer.message));
  };

  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    // While this thread stood still itself, nobody could be heard.
    if (nowMs - lastMs > 5 * CHECK_MS) sinceMs = nowMs;
    lastMs = nowMs;
    if (!isAlive()) finish(new Error("the thread ended while its snapshot was taken"));
    else if (waiting && nowMs - sinceMs > pieceMs) finish(new Error("the thread does not send its snapshot"));
    else if (!waiting && nowMs - sinceMs > clientMs) finish(new Error("the client does not read the snapshot"));
  }, CHECK_MS);

  let first: Uint8Array | undefined;
  try {
    first = await next();
  } catch (error) {
    finish();
    throw error;
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream = controller;
      },
      async pull(controller) {
        try {
          const bytes = first ?? (await next());
          first = undefined;
          if (bytes) {
            controller.enqueue(bytes);
            return;
          }
          controller.close();
          stream = undefined;
          finish();
        } catch (error) {
          finish(error instanceof Error ? error : new Error(String(error)));
        }
      },
      cancel: () => {
        stream = undefined;
        finish();
      },
    },
    { highWaterMark: 0 },
  );
}
