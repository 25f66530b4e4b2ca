/**
 * An arena that finds misuse: writes outside of what was allocated, writes and uses after a reset, scopes released twice.
 *
 * Idea: free bytes are poisoned, and the poison is checked before they are handed out and when they are freed. A view has
 * memory of its own between two canaries; at its end it is poisoned and detached, so that whoever kept it reads nothing.
 * Offsets are the plain arena's, so that callers see the same numbers in both modes. A scope's number carries a serial.
 * Bound: the plain arena's, and once more for the views.
 * Cost: a pass over the free bytes per step. Only the setting memory.debug chooses this class.
 * Source: the red zones and poisoned objects of Linux' SLUB debugging; electric fences for the views.
 */
import { Arena, type ArenaOptions } from "./arena.ts";
import type { Hook } from "./cleanup.ts";
import { MemoryError } from "./memory-error.ts";
import { assertUntouched, detach, firstOther, POISON } from "./poison.ts";

const CANARY = 0xca;
/** A write past the end by one element of any width, or by one vector register, lands in it. */
const CANARY_BYTES = 64;
/** A scope's number in debug mode: its depth, and above it the serial of its opening. */
const DEPTHS = 2048;

interface Guarded {
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly view: Uint8Array<ArrayBuffer>;
}

export class DebugArena extends Arena {
  #views: Guarded[] = [];
  /** Serials of the open scopes, and how many views were there when each opened. */
  #scopes: { readonly serial: number; readonly views: number }[] = [];
  #serial = 0;
  #closed = false;

  constructor(capacityBytes: number, options: ArenaOptions = {}) {
    super(capacityBytes, options);
    this.bytes.fill(POISON);
  }

  override allocate(bytes: number, alignBytes = 1): number {
    this.#assertOpen();
    assertUntouched(this.bytes, POISON, "the arena", this.usedBytes);
    return super.allocate(bytes, alignBytes);
  }

  override append(text: string): number {
    this.#assertOpen();
    assertUntouched(this.bytes, POISON, "the arena", this.usedBytes);
    return super.append(text);
  }

  override view(bytes: number, alignBytes = 1): Uint8Array<ArrayBuffer> {
    super.view(bytes, alignBytes);
    const start = Math.max(CANARY_BYTES, alignBytes);
    const whole = new Uint8Array(start + bytes + CANARY_BYTES).fill(CANARY);
    const view = whole.subarray(start, start + bytes).fill(POISON);
    this.#views.push({ whole, view });
    return view;
  }

  override onReset(hook: Hook): void {
    this.#assertOpen();
    super.onReset(hook);
  }

  override mark(): number {
    this.#assertOpen();
    const depth = super.mark();
    this.#serial += 1;
    this.#scopes.push({ serial: this.#serial, views: this.#views.length });
    return this.#serial * DEPTHS + depth;
  }

  override release(mark: number): void {
    this.#assertOpen();
    const depth = mark % DEPTHS;
    const scope = this.#scopes[depth - 1];
    if (scope === undefined || scope.serial !== Math.floor(mark / DEPTHS)) {
      throw new MemoryError("DOUBLE_RELEASE", "the arena's scope was released before, or a reset ended it");
    }
    const used = this.usedBytes;
    try {
      super.release(depth);
    } finally {
      this.#scopes.length = depth - 1;
      this.#end(used, scope.views);
    }
  }

  override reset(): void {
    this.#assertOpen();
    const used = this.usedBytes;
    try {
      super.reset();
    } finally {
      this.#scopes.length = 0;
      this.#end(used, 0);
    }
  }

  override abandon(): void {
    this.reset();
  }

  /** Refuses everything from here on: its pool has it back. */
  close(): void {
    this.#closed = true;
  }

  /** Checks and poisons what was freed: offsets from usedBytes up to `usedBefore`, and the views from `first` on. */
  #end(usedBefore: number, first: number): void {
    const freed = this.#views.splice(first);
    const outside = freed.map(({ whole, view }) => outsideOf(whole, view)).find((at) => at !== undefined);
    for (const { whole } of freed) {
      whole.fill(POISON);
      detach(whole.buffer);
    }
    const touched = firstOther(this.bytes, POISON, Math.max(usedBefore, this.usedBytes));
    this.bytes.fill(POISON, this.usedBytes);
    if (outside !== undefined) throw new MemoryError("WRITE_OUTSIDE", outside);
    if (touched >= 0) {
      throw new MemoryError("WRITE_OUTSIDE", `byte ${touched} of the arena was written, which nobody had allocated`);
    }
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new MemoryError(
        "USE_AFTER_RELEASE",
        "the arena was given back: its holder uses it after its request's end",
      );
    }
  }
}

/** Where the canaries beside a view were written; undefined: nowhere. */
function outsideOf(whole: Uint8Array, view: Uint8Array): string | undefined {
  const start = view.byteOffset;
  const before = firstOther(whole, CANARY, 0, start);
  const after = firstOther(whole, CANARY, start + view.length);
  if (before >= 0) return `a view of ${view.length} bytes was written ${start - before} bytes before its begin`;
  return after >= 0 ? `a view of ${view.length} bytes was written at byte ${after - start}, past its end` : undefined;
}
