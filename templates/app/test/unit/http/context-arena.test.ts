import assert from "node:assert/strict";
import { test } from "node:test";
import { Context } from "../../../src/http/context.ts";
import type { ArenaPool } from "../../../src/memory/arena-pool.ts";
import { pipelineServices, unitMemory } from "../../fixture/services.ts";

function contextOf(debug: boolean): { readonly context: Context; readonly arenas: ArenaPool } {
  const memory = unitMemory({ "memory.debug": debug, "memory.arenas_max": 2 });
  const services = pipelineServices({ memory });
  return { context: new Context(new Request("http://h/"), {}, undefined, undefined, services), arenas: memory.arenas };
}

test("Context.arena is one arena for the whole request, given back to the next", () => {
  const { context, arenas } = contextOf(false);
  const { arena } = context;
  assert.equal(context.arena, arena);
  context.release("text");
  assert.equal(arenas.take(), arena);
});

test("Context.arena of a handler that returned a Response is given to nobody else", () => {
  const { context, arenas } = contextOf(false);
  const { arena } = context;
  context.release(new Response("text"));
  assert.notEqual(arenas.take(), arena);
  assert.equal(arenas.reading.usedBytes, arenas.reading.heldBytes);
});

test("Context.arena after the release is one that the pool does not know", () => {
  const { context, arenas } = contextOf(false);
  context.release();
  const { arena } = context;
  assert.equal(arena.view(4).length, 4);
  assert.deepEqual([context.arena === arena, arenas.reading.taken], [true, 0]);
});

test("Context.arena after the release is an error in debug mode", () => {
  const { context } = contextOf(true);
  context.release();
  assert.throws(() => context.arena, { name: "MemoryError", code: "ARENA_LATE" });
});

for (const debug of [false, true]) {
  test(`Context.again() has an arena of its own until its release, given to nobody else, debug ${debug}`, () => {
    const { context, arenas } = contextOf(debug);
    context.arena.allocate(1);
    const again = context.again(new Request("http://h/"));
    context.release();
    const { arena } = again;
    let ended = 0;
    arena.onReset(() => {
      ended += 1;
    });
    again.release();
    assert.deepEqual([ended, arenas.reading.usedBytes, arenas.take() === arena], [1, 0, false]);
    if (debug) assert.throws(() => again.arena, { code: "ARENA_LATE" });
    else assert.equal(again.arena.allocate(1), 0);
  });

  test(`Context.again() that used no arena takes none from the pool after its release, debug ${debug}`, () => {
    const { context, arenas } = contextOf(debug);
    const again = context.again(new Request("http://h/"));
    again.release();
    if (debug) assert.throws(() => again.arena, { code: "ARENA_LATE" });
    else assert.equal(again.arena.allocate(1), 0);
    assert.equal(arenas.reading.taken, 0);
  });
}
