import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Context } from "../../src/http/context.ts";
import { defineRoutes } from "../../src/http/route.ts";
import type { Arena } from "../../src/memory/arena.ts";
import { readFill, readUse } from "../../src/memory/memory-books.ts";
import { MemoryError } from "../../src/memory/memory-error.ts";
import { runtime } from "../../src/wiring.ts";
import { counter } from "../../src/zones/counters.ts";
import { booksAt } from "../../src/zones/memory-row.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { atGate, openGate } from "../fixture/gate.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

/** What ran, in the test's own thread: the hooks of the requests' arenas, and what late uses met. */
const ran: string[] = [];
let held: Arena | undefined;

const decoder = new TextDecoder();

/** Text that lies in the request's arena, with a hook that says when it is over. */
function written({ arena, params }: Context<{ readonly text: string }>): Uint8Array<ArrayBuffer> {
  arena.onReset(() => ran.push(params.text));
  const view = arena.view(params.text.length);
  new TextEncoder().encodeInto(params.text, view);
  return view;
}

/** What a use of memory after the request's end meets. */
function late(use: () => unknown): string {
  try {
    use();
    return "granted";
  } catch (error) {
    return error instanceof MemoryError ? error.code : String(error);
  }
}

const routes = defineRoutes({
  "GET /unused": () => "unused",
  "GET /sync/:text": (context) => decoder.decode(written(context)),
  "GET /json/:text": (context) => ({ text: decoder.decode(written(context)) }),
  // The runtime copies what a reply's bytes are when the response is made.
  "GET /bytes/:text": (context) => written(context),
  "GET /bytes-with-status/:text": (context) => {
    context.setStatus(202);
    return written(context);
  },
  "GET /response/:text": (context) => new Response(written(context)),
  "GET /turns/:text": async (context) => {
    const view = written(context);
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, turn % 2));
      // Others write to theirs meanwhile.
      context.arena.scope(() => context.arena.view(100).fill(turn));
    }
    return decoder.decode(view);
  },
  "GET /gate/:text": async (context) => {
    const view = written(context);
    await atGate();
    return decoder.decode(view);
  },
  "GET /throw/:text": (context) => {
    written(context);
    throw new Error("after it took memory");
  },
  "GET /reject/:text": async (context) => {
    written(context);
    await Promise.resolve();
    throw new Error("after it took memory");
  },
  "GET /hook/:text": (context) => {
    written(context);
    context.arena.onReset(() => {
      throw new Error("a hook that fails");
    });
    return "answered";
  },
  "GET /large/:text": (context) => {
    written(context);
    return String(context.arena.view(100_000).fill(1).length);
  },
  "GET /too-large": ({ arena }) => String(arena.view(2_000_000).length),
  "GET /late/:text": {
    timeoutMs: 10,
    handler: async (context) => {
      const view = written(context);
      held = context.arena;
      await atGate();
      ran.push(`late arena: ${late(() => held?.allocate(1))}`);
      ran.push(`late context.arena: ${late(() => context.arena.allocate(1))}`);
      ran.push(`late view: ${decoder.decode(view)}`);
      return "nobody's";
    },
  },
  "GET /branches/:text": async (context) => {
    const view = written(context);
    const goesOn = async () => {
      await atGate();
      ran.push(`branch view: ${decoder.decode(view)}`);
    };
    await Promise.all([goesOn(), Promise.reject(new Error("one branch fails"))]);
  },
  "GET /stream/:text": (context) => {
    const view = written(context);
    const { arena } = context;
    const body = new ReadableStream({
      async pull(controller) {
        await atGate();
        const uses = [decoder.decode(view), late(() => arena.view(1)), late(() => context.arena.view(1))];
        controller.enqueue(new TextEncoder().encode(uses.join(" ")));
        controller.close();
      },
    });
    return new Response(body);
  },
});

interface Case {
  readonly path: string;
  readonly status?: number;
  readonly text?: string;
}

const endings: readonly Case[] = [
  { path: "/sync/a", text: "a" },
  { path: "/json/b", text: '{"text":"b"}' },
  { path: "/bytes/c", text: "c" },
  { path: "/bytes-with-status/d", status: 202, text: "d" },
  { path: "/response/e", text: "e" },
  { path: "/turns/f", text: "f" },
  { path: "/throw/g", status: 500 },
  { path: "/reject/h", status: 500 },
  { path: "/large/i", text: "100000" },
];

for (const debug of [true, false]) {
  describe(`context.arena, memory.debug ${debug},`, () => {
    const start = () =>
      startPlane(
        { "memory.debug": debug, "memory.arena_bytes": 4096, "memory.arenas_max": 4 },
        { routes, features: [], runtime },
      );
    /** The books as the worker left them, which must have closed. */
    async function closed(plane: Plane): Promise<{ taken: number; missed: number; spilled: number }> {
      await plane.drain();
      const row = plane.zones.memory;
      const { usedBytes, heldBytes, taken, missed } = readUse(row, booksAt, "request_arena");
      const fill = readFill(row, booksAt);
      const ended = fill.reduce((sum, count) => sum + count, 0);
      assert.deepEqual([usedBytes, ended], [0, taken], "an arena was not given back exactly once");
      assert.ok(heldBytes <= 4 * 4096);
      return { taken, missed, spilled: fill.at(-1) ?? 0 };
    }

    for (const { path, status = 200, text } of endings) {
      it(`is there for GET ${path} and over with it`, async () => {
        const plane = await start();
        ran.length = 0;
        const response = await exchange(plane, "GET", path);
        assert.equal(response.status, status);
        if (text !== undefined) assert.equal(response.text, text);
        assert.deepEqual(ran, [path.split("/").at(-1)]);
        assert.equal((await closed(plane)).taken, 1);
      });
    }

    it("is taken by no request that does not use it", async () => {
      const plane = await start();
      assert.equal((await exchange(plane, "GET", "/unused")).text, "unused");
      assert.deepEqual(await closed(plane), { taken: 0, missed: 0, spilled: 0 });
    });

    it("is each request's own while others wait, and is used again after", async () => {
      const plane = await start();
      ran.length = 0;
      for (let round = 0; round < 3; round += 1) {
        const texts = Array.from({ length: 12 }, (_, index) => `text-${round}-${index}`);
        const replies = await Promise.all(texts.map((text) => exchange(plane, "GET", `/turns/${text}`)));
        assert.deepEqual(
          replies.map(({ text }) => text),
          texts,
        );
      }
      assert.deepEqual([ran.length, new Set(ran).size], [36, 36]);
      const { taken, missed } = await closed(plane);
      assert.equal(taken, 36);
      // The first of each round that find none free make one; what is beyond arenas_max was not kept.
      assert.ok(missed < 36, `${missed} were made anew`);
    });

    it("whose hook fails is over all the same, and the failure is counted", async () => {
      const plane = await start();
      ran.length = 0;
      assert.equal((await exchange(plane, "GET", "/hook/x")).text, "answered");
      assert.deepEqual([ran, plane.zones.counters[counter.handlerErrors]], [["x"], 1]);
      assert.equal((await exchange(plane, "GET", "/sync/y")).text, "y");
      assert.equal((await closed(plane)).taken, 2);
    });

    it("beyond what may spill is the handler's error", async () => {
      const plane = await start();
      assert.equal((await exchange(plane, "GET", "/too-large")).status, 500);
      assert.equal((await closed(plane)).spilled, 1);
    });

    it("of a handler that is late is no other request's, and is over with the answer", async () => {
      const plane = await start();
      ran.length = 0;
      assert.equal((await exchange(plane, "GET", "/late/first")).status, 503);
      assert.deepEqual(ran, ["first"]);
      // What the late handler holds is not what the next one gets.
      assert.equal((await exchange(plane, "GET", "/sync/other")).text, "other");
      openGate();
      await until("the late handler has gone on", () => ran.length === 5);
      assert.deepEqual(
        ran.slice(2),
        debug
          ? ["late arena: USE_AFTER_RELEASE", "late context.arena: ARENA_LATE", "late view: "]
          : ["late arena: granted", "late context.arena: granted", "late view: first"],
      );
      assert.equal((await closed(plane)).taken, 2);
    });

    it("of a handler that failed while a part of it goes on is no other request's", async () => {
      const plane = await start();
      ran.length = 0;
      assert.equal((await exchange(plane, "GET", "/branches/first")).status, 500);
      assert.equal((await exchange(plane, "GET", "/sync/other")).text, "other");
      openGate();
      await until("the other branch has gone on", () => ran.length === 3);
      assert.deepEqual(ran, ["first", "other", debug ? "branch view: " : "branch view: first"]);
      assert.equal((await closed(plane)).taken, 2);
    });

    it("of a body that is still being sent is no other request's, and over with the handler", async () => {
      const plane = await start();
      ran.length = 0;
      const connection = await connect(plane);
      connection.send(requestText("GET", "/stream/s"));
      await until("the handler is done", () => ran.length === 1);
      assert.equal((await exchange(plane, "GET", "/sync/other")).text, "other");
      openGate();
      const { text } = await connection.response();
      assert.equal(text, debug ? " USE_AFTER_RELEASE ARENA_LATE" : "s granted granted");
      connection.destroy();
      assert.equal((await closed(plane)).taken, 2);
    });

    it("of a client that left is over with its handler", async () => {
      const plane = await start();
      ran.length = 0;
      const connection = await connect(plane);
      connection.send(requestText("GET", "/gate/gone"));
      await until("the handler waits", () => plane.zones.inFlight.total === 1);
      connection.destroy();
      // Another connection's request is served: the worker has seen the end of the first by now, or will.
      assert.equal((await exchange(plane, "GET", "/sync/other")).text, "other");
      assert.deepEqual(ran, ["other"]);
      openGate();
      await until("the handler is done", () => plane.zones.inFlight.total === 0);
      assert.deepEqual(ran, ["other", "gone"]);
      assert.equal((await closed(plane)).taken, 2);
    });
  });
}
