/** When a peer's answer counts as this server's, and what a peer is told to do to be its equal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../../bench/peers/answer.ts";
import { answerDifferences, fieldsOfSingleRoutes } from "../../../bench/peers/answer-differences.ts";
import { bareOrder, equalOrder, type PeerOrder } from "../../../bench/peers/peer-order.ts";

const TEXT = { "content-type": "text/plain; charset=utf-8" };
const order: PeerOrder = {
  equal: true,
  headers: [["x-frame-options", "DENY"]],
  requestIdHeader: "x-request-id",
  constantHasId: false,
};
const own = answer({ ...TEXT, "x-frame-options": "DENY", "x-request-id": "1", etag: '"a"', date: "now" });

function answer(headers: Readonly<Record<string, string>>, body = "Hello", status = 200): Answer {
  return { status, headers: new Map(Object.entries(headers)), body };
}

test("answerDifferences() finds none where only the runtime's own fields and the type's spelling differ", () => {
  const peer = answer({ "content-type": "Text/Plain", "x-frame-options": "DENY", "x-request-id": "2", server: "x" });
  assert.deepEqual(answerDifferences(own, peer, order), []);
});

test("answerDifferences() names status, body and media type", () => {
  const peer = answer(
    { "content-type": "application/json", "x-frame-options": "DENY", "x-request-id": "2" },
    "{}",
    404,
  );
  assert.deepEqual(answerDifferences(own, peer, order), [
    "status 404 instead of 200",
    'body "{}" instead of "Hello"',
    "content type application/json instead of text/plain",
  ]);
});

test("answerDifferences() names fields that are missing, have another value, or are too many", () => {
  assert.deepEqual(answerDifferences(own, answer(TEXT), order), ["no x-frame-options", "no x-request-id"]);
  const peer = answer({ ...TEXT, "x-frame-options": "SAMEORIGIN", "x-request-id": "2", "x-powered-by": "peer" });
  assert.deepEqual(answerDifferences(own, peer, order), [
    'x-frame-options "SAMEORIGIN" instead of "DENY"',
    "x-powered-by, which this server does not send",
  ]);
});

test("answerDifferences() asks for no id on a route where this server sends none", () => {
  const plain = answer({ ...TEXT, "x-frame-options": "DENY" });
  assert.deepEqual(answerDifferences(plain, plain, order), []);
  assert.deepEqual(answerDifferences(plain, own, order), ["x-request-id, which this server does not send"]);
});

test("answerDifferences() looks at no fields at the level bare", () => {
  assert.deepEqual(answerDifferences(own, answer(TEXT), bareOrder), []);
});

test("answerDifferences() shows the beginning of a long body", () => {
  const [difference] = answerDifferences(own, answer(ownHeaders(), "x".repeat(1000)), order);
  assert.equal(difference, `body "${"x".repeat(60)}..." instead of "Hello"`);
});

function ownHeaders(): Readonly<Record<string, string>> {
  return Object.fromEntries(own.headers);
}

test("equalOrder() asks for what every answer has, and for an id where two answers differ", () => {
  const fixed = { ...TEXT, "x-frame-options": "DENY", "referrer-policy": "no-referrer" };
  const constant = answer(fixed);
  const json = (id: string) => answer({ ...fixed, vary: "accept-encoding", "x-request-id": id, date: id });
  const found = equalOrder(
    [constant, constant],
    [
      [json("1"), json("2")],
      [json("3"), json("4")],
    ],
  );
  assert.deepEqual(found, {
    equal: true,
    headers: [
      ["x-frame-options", "DENY"],
      ["referrer-policy", "no-referrer"],
    ],
    requestIdHeader: "x-request-id",
    constantHasId: false,
  });
  assert.deepEqual(fieldsOfSingleRoutes([constant, json("1")], found), ["vary"]);
});

test("equalOrder() tells whether the fixed text has an id, and that there is none without the feature", () => {
  const stamped: readonly [Answer, Answer] = [answer({ ...TEXT, "x-id": "1" }), answer({ ...TEXT, "x-id": "2" })];
  assert.equal(equalOrder(stamped, [stamped]).constantHasId, true);
  const plain: readonly [Answer, Answer] = [answer(TEXT), answer(TEXT)];
  assert.deepEqual(equalOrder(plain, [plain]), { ...bareOrder, equal: true });
});
