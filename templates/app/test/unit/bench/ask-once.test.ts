import assert from "node:assert/strict";
import { test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { askOnce } from "../../../bench/load/ask-once.ts";
import type { RequestOrder } from "../../../bench/load/order.ts";
import { OK, withScript } from "../../fixture/scripted-server.ts";

const request: RequestOrder = {
  method: "GET",
  path: "/x",
  headers: {},
  bodyBytes: 0,
  body: null,
  expected: { status: 201, bodyBytes: null },
};

test("askOnce() tells how long the answers are", async () => {
  await withScript(
    (socket) => socket.write("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    async (target) => {
      assert.deepEqual(await askOnce(request, target), { ...request, expected: { status: 201, bodyBytes: 3 } });
    },
  );
});

const unfit: readonly (readonly [name: string, answer: string | undefined, message: string])[] = [
  ["another status", OK, "GET /x: the answer is 200, not 201; choose another --path."],
  ["a closed connection", undefined, "GET /x: the connection was closed without an answer; choose another --path."],
  [
    "another length",
    "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
    "GET /x: the answer has 2 bytes, not 5; nothing else would be measured.",
  ],
];

for (const [name, answer, message] of unfit) {
  test(`askOnce() refuses ${name}`, async () => {
    await withScript(
      (socket) => (answer === undefined ? socket.end() : socket.write(answer)),
      async (target) => {
        const expected = { status: 201, bodyBytes: name === "another length" ? 5 : null };
        await assert.rejects(askOnce({ ...request, expected }, target), (error: unknown) => {
          assert.ok(error instanceof BenchError);
          assert.equal(error.message, message);
          return true;
        });
      },
    );
  });
}
