/**
 * Takes a snapshot of this thread's heap and sends it piece by piece, each when it is asked for.
 *
 * Idea: runtimes make the snapshot at once, while nothing else runs in the thread, and hold its text until it is read; what is
 * held beyond that is one piece. Whoever receives it says "more" for each piece and "stop" when it wants none.
 */
import { Buffer } from "node:buffer";
import { getHeapSnapshot } from "node:v8";
import type { ThreadPort } from "../runtime/port.ts";

export type SnapshotAsk = "more" | "stop";
export type SnapshotAnswer =
  | { readonly type: "piece"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "end" }
  | { readonly type: "failed"; readonly message: string };

/** How long a thread may stand still for its snapshot: 150 MB of small objects took 9 to 13 s on a busy machine. */
export const SNAPSHOT_MS_MAX = 120_000;
/** Large enough that messages cost nothing beside the copying, small beside any heap. */
const PIECE_BYTES = 262_144;

/** `before`: called right before the thread stands still. */
export function sendHeapSnapshot(port: ThreadPort, before: () => void): void {
  let pieces: AsyncGenerator<Uint8Array<ArrayBuffer>> | undefined;

  async function sendNext(): Promise<void> {
    try {
      pieces ??= snapshotPieces(before);
      const { value: bytes, done } = await pieces.next();
      if (done) answer({ type: "end" }, []);
      else answer({ type: "piece", bytes }, [bytes.buffer]);
    } catch (error) {
      answer({ type: "failed", message: error instanceof Error ? error.message : String(error) }, []);
    }
  }

  function answer(message: SnapshotAnswer, transfer: readonly ArrayBuffer[]): void {
    port.postMessage(message, transfer);
  }

  port.onmessage = ({ data }) => {
    if ((data as SnapshotAsk) === "more") {
      void sendNext();
    } else {
      void pieces?.return(undefined);
      port.close();
    }
  };
}

async function* snapshotPieces(before: () => void): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  before();
  for await (const chunk of getHeapSnapshot()) {
    const bytes = Buffer.from(chunk as string | Uint8Array);
    // Copies of their own: they are handed over, and the runtime's buffer is not ours to give.
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield new Uint8Array(bytes.subarray(at, at + PIECE_BYTES));
  }
}
