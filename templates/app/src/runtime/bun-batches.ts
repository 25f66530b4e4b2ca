/**
 * A turn's messages to one of Bun's sockets in one write.
 *
 * Idea: Bun corks a socket while its own handler runs; what is sent from elsewhere, as a broadcast is, leaves message by
 * message. Here it waits for the end of the turn and leaves inside one `cork`. Bytes wait as copies in an arena, because
 * their owner may use them again at once; text cannot change.
 * Bound: BATCH_BYTES_MAX per socket, the arena for bytes of all sockets, MESSAGES_MAX for all; what would pass one of them
 * has the batches written first. A socket that has unsent bytes of earlier turns is not batched at all: Bun's own limit
 * on those decides then, message by message.
 */
import type { Arena } from "../memory/arena.ts";
import { createArena } from "../memory/create-arena.ts";
import type { WorkerMemory } from "../memory/worker-memory.ts";
import { type BunSocket, outcomeOf } from "./bun-socket.ts";
import { CHUNK_BYTES } from "./file-reader.ts";
import { BATCH_BYTES_MAX, FrameBatches } from "./frame-batch.ts";
import type { Socket } from "./port.ts";

/** Sixteen full batches of bytes; text takes none of it. */
const ARENA_BYTES_MAX = 16 * BATCH_BYTES_MAX;
/** A pointer of 8 bytes each: twice what the arena takes. */
const MESSAGES_MAX = 65_536;
/** A UTF-16 unit takes three bytes of UTF-8 at most. */
const UNIT_BYTES_MAX = 3;

type Message = string | Uint8Array;

export class BunBatches {
  /** UTF-16 units or bytes that wait for one socket. Written from an empty buffer they never pass its limit. */
  readonly unitsMax: number;
  readonly batches: FrameBatches;
  /** undefined: the budget has nothing for it, and bytes leave one by one. */
  readonly #arena: Arena | undefined;
  #messages = 0;
  /** The socket whose handler runs. */
  #handled: BunSocket | undefined;

  constructor(unsentBytesMax: number, memory: WorkerMemory) {
    this.unitsMax = Math.min(BATCH_BYTES_MAX, Math.floor(unsentBytesMax / UNIT_BYTES_MAX));
    // Bun sends files by itself, so what the budget keeps for the buffers of files is free for this.
    const arenaBytes = Math.min(ARENA_BYTES_MAX, memory.settings.file_chunks_max * CHUNK_BYTES);
    const arena = arenaBytes > 0 ? createArena(memory.settings, arenaBytes) : undefined;
    this.#arena = arena;
    this.batches = new FrameBatches(() => {
      this.#messages = 0;
      arena?.reset();
    });
    memory.books.open("frame", () => this.batches.reading(arena?.capacityBytes ?? 0));
  }

  socket(ws: BunSocket): Socket {
    return new BatchedSocket(ws, this);
  }

  handled(ws: BunSocket, handle: () => void): void {
    const outer = this.#handled;
    this.#handled = ws;
    try {
      handle();
    } finally {
      this.#handled = outer;
    }
  }

  /** Whether the socket's own handler runs, in which Bun has corked it. */
  isHandled(ws: BunSocket): boolean {
    return this.#handled === ws;
  }

  /** The message as it may wait; undefined: there is no room for it now. */
  keep(message: Message): Message | undefined {
    if (this.#messages >= MESSAGES_MAX) this.batches.writeAll();
    if (this.#messages >= MESSAGES_MAX) return undefined;
    const kept = typeof message === "string" ? message : (this.#copy(message) ?? this.#copyAnew(message));
    if (kept !== undefined) this.#messages += 1;
    return kept;
  }

  #copy(bytes: Uint8Array): Uint8Array | undefined {
    const arena = this.#arena;
    const offset = arena?.allocate(bytes.length) ?? -1;
    if (arena === undefined || offset < 0) return undefined;
    const copy = arena.bytes.subarray(offset, offset + bytes.length);
    copy.set(bytes);
    return copy;
  }

  #copyAnew(bytes: Uint8Array): Uint8Array | undefined {
    this.batches.writeAll();
    return this.#copy(bytes);
  }
}

class BatchedSocket implements Socket {
  readonly #ws: BunSocket;
  readonly #owner: BunBatches;
  #waiting: Message[] = [];
  #units = 0;
  #isAwaited = false;

  constructor(ws: BunSocket, owner: BunBatches) {
    this.#ws = ws;
    this.#owner = owner;
  }

  send(message: Message): "sent" | "queued" | "dropped" {
    const ws = this.#ws;
    const owner = this.#owner;
    if (owner.isHandled(ws) || ws.readyState !== WebSocket.OPEN) return this.#sendAlone(message);
    if (this.#units + message.length > owner.unitsMax) {
      owner.batches.cutShort();
      return this.#sendAlone(message);
    }
    // A slow receiver: what Bun says of each message counts.
    if (this.#waiting.length === 0 && ws.getBufferedAmount() > 0) return this.#sendAlone(message);
    const kept = owner.keep(message);
    if (kept === undefined) return this.#sendAlone(message);
    this.#waiting.push(kept);
    this.#units += message.length;
    owner.batches.added(message.length);
    if (!this.#isAwaited) {
      this.#isAwaited = true;
      owner.batches.atTurnEnd(this.#onTurnEnd);
    }
    return "sent";
  }

  close(code: number, reason: string): void {
    this.#release();
    this.#ws.close(code, reason);
  }

  unsentBytes(): number {
    return this.#ws.getBufferedAmount() + this.#units;
  }

  readonly #onTurnEnd = (): void => {
    this.#isAwaited = false;
    this.#release();
  };

  #sendAlone(message: Message): "sent" | "queued" | "dropped" {
    this.#release();
    return outcomeOf(this.#ws.send(message));
  }

  #release(): void {
    if (this.#waiting.length === 0) return;
    const messages = this.#waiting;
    const [first] = messages;
    this.#waiting = [];
    this.#owner.batches.written(this.#units);
    this.#units = 0;
    if (messages.length === 1 && first !== undefined) this.#ws.send(first);
    else {
      this.#ws.cork(() => {
        for (const message of messages) this.#ws.send(message);
      });
    }
  }
}
