import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Arena, type ArenaOptions } from "../../../src/memory/arena.ts";
import { DebugArena } from "../../../src/memory/debug-arena.ts";
import { MemoryError } from "../../../src/memory/memory-error.ts";
import { ArenaModel, type ArenaStep, arenaSteps } from "./arena-model.ts";
import { isCode } from "./is-code.ts";

const CAPACITY_BYTES = 256;
const SPILL_BYTES_MAX = 600;

const kinds = [
  { name: "Arena", make: (options: ArenaOptions) => new Arena(CAPACITY_BYTES, options) },
  { name: "Arena with zero", make: (options: ArenaOptions) => new Arena(CAPACITY_BYTES, { ...options, zero: true }) },
  { name: "DebugArena", make: (options: ArenaOptions) => new DebugArena(CAPACITY_BYTES, options) },
];

for (const { name, make } of kinds) {
  test(`${name} does what a naive arena does, over random steps with scopes, spills and hooks`, () => {
    fc.assert(
      fc.property(arenaSteps, (steps) => {
        new Run(make({ spillBytesMax: SPILL_BYTES_MAX })).play(steps);
      }),
      { numRuns: 400 },
    );
  });
}

test("Arena with zero leaves no byte behind, whatever was done with it", () => {
  fc.assert(
    fc.property(arenaSteps, (steps) => {
      const arena = new Arena(CAPACITY_BYTES, { spillBytesMax: SPILL_BYTES_MAX, zero: true });
      const run = new Run(arena);
      run.play(steps);
      assert.equal(
        arena.bytes.subarray(arena.usedBytes).findIndex((byte) => byte !== 0),
        -1,
      );
      const views = run.views.slice();
      arena.reset();
      assert.ok([arena.bytes, ...views].every((bytes) => bytes.every((byte) => byte === 0)));
    }),
    { numRuns: 200 },
  );
});

/** The same steps on the arena and on the model. */
class Run {
  readonly arena: Arena;
  readonly model = new ArenaModel(CAPACITY_BYTES, SPILL_BYTES_MAX);
  /** Each live allocation as bytes, in the model's order. */
  readonly views: Uint8Array[] = [];
  readonly #marks: number[] = [];
  readonly #ran: number[] = [];
  #hooks = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  play(steps: readonly ArenaStep[]): void {
    for (const step of steps) {
      this.#step(step);
      this.#compare();
    }
  }

  #step(step: ArenaStep): void {
    const { arena, model } = this;
    if (step.do === "allocate") {
      const begin = arena.allocate(step.bytes, step.align);
      assert.equal(begin, model.allocate(step.bytes, step.align));
      if (begin >= 0) this.#own(arena.bytes.subarray(begin, begin + step.bytes));
    } else if (step.do === "view") this.#view(step.bytes, step.align);
    else if (step.do === "append") assert.equal(arena.append(step.text), model.append(step.text));
    else if (step.do === "hook") {
      const id = this.#hooks;
      this.#hooks += 1;
      arena.onReset(() => this.#ran.push(id));
      model.hooks.push(id);
    } else if (step.do === "mark") {
      this.#marks.push(arena.mark());
      model.scopes.push({ live: model.live.length, hooks: model.hooks.length, end: model.end });
    } else if (step.do === "release") this.#release(step.which);
    else {
      arena.reset();
      this.#marks.length = 0;
      this.#ended(model.endAll());
    }
  }

  #view(bytes: number, align: number): void {
    const { arena, model } = this;
    const fits = model.allocate(bytes, align) >= 0;
    if (!fits && !model.large(bytes)) {
      assert.throws(() => arena.view(bytes, align), isCode("ARENA_SPILL_EXCEEDED"));
      return;
    }
    const view = arena.view(bytes, align);
    assert.equal(view.length, bytes);
    if (fits) assert.equal(view.byteOffset % align, 0);
    this.#own(view);
  }

  #release(which: number): void {
    if (this.#marks.length === 0) {
      assert.throws(() => this.arena.release(1), MemoryError);
      return;
    }
    const depth = which % this.#marks.length;
    this.arena.release(this.#marks[depth] as number);
    this.#marks.length = depth;
    this.#ended(this.model.endFrom(depth));
  }

  #ended(hooks: readonly number[]): void {
    assert.deepEqual(this.#ran.splice(0), hooks);
    this.views.length = this.model.live.length;
  }

  #own(view: Uint8Array): void {
    view.fill(this.model.live.at(-1)?.fill ?? 0);
    this.views.push(view);
  }

  #compare(): void {
    const { arena, model } = this;
    assert.deepEqual([arena.usedBytes, arena.highBytes, arena.spills], [model.end, model.high, model.spills]);
    // Overlapping allocations would have overwritten each other.
    model.live.forEach(({ fill, bytes }, index) => {
      const view = this.views[index] as Uint8Array;
      assert.ok(view.length === bytes && view.every((byte) => byte === fill), `allocation ${index} was overwritten`);
    });
  }
}
