/** The load generators of others, run for real against a server whose requests are counted. Those that are not installed are skipped. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { latencyUs } from "../../bench/load/latency-of.ts";
import type { HttpOrder, RequestOrder } from "../../bench/load/order.ts";
import { runExternal, type ToolName } from "../../bench/load/run-external.ts";
import { OK, type ScriptedTarget, withScript } from "../fixture/scripted-server.ts";

const POST_BODY = "hello=world";

const requests: readonly (readonly [name: string, pipeline: number, request: Pick<RequestOrder, "method" | "body">])[] =
  [
    ["GET", 1, { method: "GET", body: null }],
    ["pipelined GET", 4, { method: "GET", body: null }],
    ["POST", 1, { method: "POST", body: POST_BODY }],
  ];

function orderFor(target: ScriptedTarget, pipeline: number, parts: Pick<RequestOrder, "method" | "body">): HttpOrder {
  const expected = { status: 200, bodyBytes: 2 };
  const request = { path: "/x", headers: { "X-Bench": "yes" }, bodyBytes: 0, expected, ...parts };
  const model = { kind: "closed", pipeline } as const;
  return { kind: "http", target, requests: [request], connections: 4, model, requestsPerConnection: 0 };
}

function absence(tool: ToolName): string | false {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0 ? false : `${tool} is not installed`;
}

const cases: readonly (readonly [tool: ToolName, seconds: number])[] = [
  // wrk takes whole seconds.
  ["wrk", 1],
  ["h2load", 0.3],
  ["oha", 0.3],
];

for (const [tool, seconds] of cases) {
  for (const [name, pipeline, request] of requests) {
    const skip = tool === "oha" && pipeline > 1 ? "oha does not pipeline" : absence(tool);
    test(`runExternal() counts what ${tool} does: ${name}`, { skip }, async () => {
      let answered = 0;
      let windows = 0;
      const seen = new Set<string>();
      await withScript(
        (socket, _count, bytes) => {
          const text = new TextDecoder().decode(bytes);
          const heads = text.split(`${request.method} /x HTTP/1.1\r\n`).length - 1;
          assert.equal(text.toLowerCase().split("x-bench: yes\r\n").length - 1, heads);
          if (request.body !== null) seen.add(text.slice(text.indexOf("\r\n\r\n") + 4));
          answered += heads;
          socket.write(OK.repeat(heads));
        },
        async (target) => {
          const onWindow = () => {
            windows += 1;
            return () => {
              windows += 1;
            };
          };
          const options = { threads: 1, interrupt: new AbortController().signal, onWindow };
          const order = orderFor(target, pipeline, request);
          const counts = await runExternal(tool, order, { warmupSeconds: 0, seconds }, options);
          assert.ok(counts);
          // What was under way at the end was answered and is not counted.
          assert.ok(counts.done > 0 && counts.done <= answered, `${counts.done} of ${answered}`);
          assert.ok(answered - counts.done <= 4 * pipeline * 2, `${counts.done} of ${answered}`);
          assert.ok(Object.values(counts.failures).every((count) => count === 0));
          assert.ok(Math.abs(counts.seconds - seconds) < 0.5, `${counts.seconds} s`);
          assert.ok((latencyUs(counts, 0.5) ?? 0) > 0 && (latencyUs(counts, 0.99) ?? 0) > 0);
          assert.equal(counts.bytesOut, counts.done * (request.body?.length ?? 0));
          assert.equal(windows, 2);
          assert.deepEqual([...seen], request.body === null ? [] : [POST_BODY]);
        },
      );
    });
  }
}

test("runExternal() does not count what h2load does in the warm-up", { skip: absence("h2load") }, async () => {
  let answered = 0;
  let before = 0;
  await withScript(
    (socket, _count, bytes) => {
      const heads = new TextDecoder().decode(bytes).split("GET /x HTTP/1.1\r\n").length - 1;
      answered += heads;
      socket.write(OK.repeat(heads));
    },
    async (target) => {
      const onWindow = () => {
        before = answered;
        return () => undefined;
      };
      const options = { threads: 1, interrupt: new AbortController().signal, onWindow };
      const order = orderFor(target, 1, { method: "GET", body: null });
      const counts = await runExternal("h2load", order, { warmupSeconds: 0.5, seconds: 0.3 }, options);
      assert.ok(before > 0 && counts && counts.done > 0);
      assert.ok(counts.done <= answered - before, `${counts.done} of ${answered - before}, ${before} before`);
    },
  );
});

test("runExternal() ends wrk when interrupted, with what it has", { skip: absence("wrk") }, async () => {
  await withScript(
    (socket) => socket.write(OK),
    async (target) => {
      const interrupt = new AbortController();
      setTimeout(() => interrupt.abort(), 300);
      const options = { threads: 1, interrupt: interrupt.signal, onWindow: () => () => undefined };
      const order = orderFor(target, 1, { method: "GET", body: null });
      const counts = await runExternal("wrk", order, { warmupSeconds: 0, seconds: 60 }, options);
      assert.ok(counts && counts.done > 0 && counts.seconds < 30);
    },
  );
});

test("runExternal() says that a tool is not installed", {
  skip: absence("oha") === false && "oha is installed",
}, async () => {
  const options = { threads: 1, interrupt: new AbortController().signal, onWindow: () => () => undefined };
  const order = orderFor({ host: "127.0.0.1", port: 1 }, 1, { method: "GET", body: null });
  await assert.rejects(
    runExternal("oha", order, { warmupSeconds: 0, seconds: 1 }, options),
    /^BenchError: oha cannot be started: it is not installed; leave --with out for the built-in generator\.$/,
  );
});
