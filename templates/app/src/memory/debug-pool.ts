/**
 * A pool that finds misuse: double and foreign releases, writes after the release, and who did not give back.
 *
 * Idea: an item that was given back is poisoned and kept apart, as electric fences and quarantines do; the next taker
 * gets a new one, and the poison is checked then. So whoever still uses the old one never meets its next owner, and what it
 * writes is found. The books count as the plain pool's do.
 * Bound: the plain pool's; what is in use is remembered with its stack, as much as is in use.
 * Cost: a stack and two passes over the bytes per use. Only the setting memory.debug chooses this class.
 */
import { MemoryError } from "./memory-error.ts";
import { assertUntouched, detach, POISON } from "./poison.ts";
import { type Leak, Pool, type PoolOptions } from "./pool.ts";

/** Places named per owner: the same defect leaks from few places. */
const PLACES_MAX = 5;

export class DebugPool<Item extends object> extends Pool<Item> {
  readonly #make: () => Item;
  readonly #bytesOf: (item: Item) => Uint8Array | undefined;
  readonly #retire: ((item: Item) => void) | undefined;
  /** In use, with where it was taken. */
  readonly #lent = new Map<Item, string>();
  /** Given back and kept. */
  readonly #parked = new Set<Item>();
  /** Given back ever, with where. */
  readonly #given = new WeakMap<Item, string>();

  constructor(options: PoolOptions<Item>) {
    super({ ...options, clear: poisoning(options) });
    this.#make = options.make;
    this.#bytesOf = options.bytesOf ?? (() => undefined);
    this.#retire = options.retire;
  }

  override take(): Item {
    const next = super.take();
    let item = next;
    if (this.#parked.has(next)) {
      try {
        this.#unpark(next);
      } catch (error) {
        super.abandon(next);
        throw error;
      }
      item = this.#make();
    }
    this.#lent.set(item, place());
    return item;
  }

  override give(item: Item): void {
    this.#end(item);
    this.#parked.add(item);
    try {
      super.give(item);
    } catch (error) {
      this.#parked.delete(item);
      throw error;
    } finally {
      this.#retire?.(item);
    }
  }

  override abandon(item: Item): void {
    this.#end(item);
    super.abandon(item);
    this.#retire?.(item);
  }

  #end(item: Item): void {
    if (!this.#lent.delete(item)) {
      const before = this.#given.get(item);
      if (before === undefined) {
        throw new MemoryError("FOREIGN_RELEASE", `the pool "${this.owner}" was given what it did not hand out`);
      }
      throw new MemoryError(
        "DOUBLE_RELEASE",
        `the pool "${this.owner}" was given an item twice; the first time ${before}`,
      );
    }
    this.#given.set(item, place());
  }

  protected override dropped(item: Item): void {
    if (this.#parked.has(item)) this.#unpark(item);
  }

  #unpark(item: Item): void {
    this.#parked.delete(item);
    const bytes = this.#bytesOf(item);
    if (bytes === undefined) return;
    const given = this.#given.get(item) ?? "";
    assertUntouched(bytes, POISON, `an item of the pool "${this.owner}", given back ${given},`);
    if (bytes.buffer instanceof ArrayBuffer) detach(bytes.buffer);
  }

  override get leaks(): readonly Leak[] {
    if (this.#lent.size === 0) return [];
    const takenAt = [...new Set(this.#lent.values())].slice(0, PLACES_MAX);
    return [{ owner: this.owner, count: this.#lent.size, takenAt }];
  }
}

function poisoning<Item extends object>({ clear, bytesOf }: PoolOptions<Item>): (item: Item) => void {
  return (item) => {
    clear?.(item);
    bytesOf?.(item)?.fill(POISON);
  };
}

/** Where the caller of the pool stands: the frames outside this folder come with it. */
function place(): string {
  const frames = new Error("place").stack?.split("\n") ?? [];
  return frames
    .filter((frame) => frame.trim() !== "" && !frame.startsWith("Error") && !frame.includes("debug-pool.ts"))
    .slice(0, 4)
    .map((frame) => frame.trim())
    .join(" < ");
}
