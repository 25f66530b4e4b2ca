/** A naive arena to compare the real one with: ranges in a list, everything recomputed at each step. */
import fc from "fast-check";

export type ArenaStep =
  | { readonly do: "allocate" | "view"; readonly bytes: number; readonly align: number }
  | { readonly do: "append"; readonly text: string }
  | { readonly do: "hook" | "mark" | "reset" }
  /** Which of the open scopes: 0 is the outermost, modulo how many there are. */
  | { readonly do: "release"; readonly which: number };

const bytes = fc.oneof({ weight: 4, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(400) });
const align = fc.constantFrom(1, 2, 4, 8, 16, 64);

export const arenaSteps: fc.Arbitrary<ArenaStep[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("allocate", "view"), bytes, align }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("append"), text: fc.string({ unit: "grapheme" }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("hook", "mark") }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("release"), which: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reset") }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<ArenaStep[]>;

/** What the model knows to be allocated; `fill` is what its owner wrote there. */
export interface Live {
  readonly begin: number;
  readonly bytes: number;
  readonly fill: number;
  readonly isLarge: boolean;
}

export class ArenaModel {
  readonly capacityBytes: number;
  readonly spillBytesMax: number;
  readonly live: Live[] = [];
  readonly hooks: number[] = [];
  readonly scopes: { readonly live: number; readonly hooks: number; readonly end: number }[] = [];
  /** Where the next allocation begins. */
  end = 0;
  high = 0;
  spills = 0;

  constructor(capacityBytes: number, spillBytesMax: number) {
    this.capacityBytes = capacityBytes;
    this.spillBytesMax = spillBytesMax;
  }

  /** Begin of the allocation; -1: it does not fit. */
  allocate(size: number, aligned: number): number {
    const begin = Math.ceil(this.end / aligned) * aligned;
    if (begin + size > this.capacityBytes) {
      this.spills += 1;
      return -1;
    }
    this.#keep({ begin, bytes: size, fill: 1 + (this.live.length % 200), isLarge: false });
    return begin;
  }

  /** Whether a large object of this size is granted. */
  large(size: number): boolean {
    const beside = this.live.filter(({ isLarge }) => isLarge).reduce((sum, own) => sum + own.bytes, 0);
    if (beside + size > this.spillBytesMax) return false;
    this.live.push({ begin: -1, bytes: size, fill: 1 + (this.live.length % 200), isLarge: true });
    return true;
  }

  /** Bytes that whole characters of the text take, and how many of its units those are. */
  append(text: string): number {
    let units = 0;
    let size = 0;
    for (const character of text) {
      const more = new TextEncoder().encode(character).length;
      if (this.end + size + more > this.capacityBytes) break;
      size += more;
      units += character.length;
    }
    if (units < text.length) this.spills += 1;
    this.end += size;
    this.high = Math.max(this.high, this.end);
    return units;
  }

  #keep(allocation: Live): void {
    this.live.push(allocation);
    this.end = allocation.begin + allocation.bytes;
    this.high = Math.max(this.high, this.end);
  }

  /** Ends what began since the scope at `depth` opened, 0 for all; the hooks that run, in their order. */
  endFrom(depth: number): number[] {
    const scope = this.scopes[depth] ?? { live: 0, hooks: 0, end: 0 };
    this.scopes.length = Math.min(this.scopes.length, depth);
    this.live.length = scope.live;
    this.end = scope.end;
    return this.hooks.splice(scope.hooks).reverse();
  }

  /** As a reset: whatever scopes are open. */
  endAll(): number[] {
    this.scopes.length = 0;
    this.live.length = 0;
    this.end = 0;
    return this.hooks.splice(0).reverse();
  }
}
