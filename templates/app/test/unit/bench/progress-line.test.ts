import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, leftText, ProgressLine } from "../../../bench/method/progress-line.ts";

const turn = { title: "an object as JSON", round: 1, rounds: 2, done: 0, total: 4 };

function linesOf(isTTY: boolean, use: (line: ProgressLine) => void): readonly string[] {
  const written: string[] = [];
  const line = new ProgressLine({ isTTY, write: (text) => written.push(text) });
  line.begin("http");
  use(line);
  return written;
}

test("ProgressLine replaces its line on a terminal at every turn", () => {
  const written = linesOf(true, (line) => {
    line.turn(turn, 0);
    line.turn({ ...turn, round: 2, done: 2 }, 10);
    line.show("warm-up");
    line.clear();
  });
  assert.deepEqual(written, [
    "\r\x1b[Khttp: round 1 of 2, an object as JSON",
    "\r\x1b[Khttp: round 2 of 2, an object as JSON, about 10 s left",
    "\r\x1b[Khttp: warm-up",
    "\r\x1b[K",
  ]);
});

test("ProgressLine writes a line a round elsewhere", () => {
  const written = linesOf(false, (line) => {
    line.turn(turn, 0);
    line.turn({ ...turn, done: 1 }, 5);
    line.turn({ ...turn, round: 2, done: 2 }, 10);
    line.turn({ ...turn, round: 2, done: 3 }, 15);
    line.clear();
    line.begin("ws");
    line.turn(turn, 0);
  });
  assert.deepEqual(written, ["http: round 1 of 2\n", "http: round 2 of 2, about 10 s left\n", "ws: round 1 of 2\n"]);
});

test("ProgressLine.show() writes a line for each run elsewhere, and none for the steps of one", () => {
  const written = linesOf(false, (line) => {
    line.show("run 1 of 2: starting");
    line.show("run 1 of 2: 5000 sessions made");
    line.show("run 1 of 2: each of them used");
    line.show("run 2 of 2: starting");
    line.show("run 2 of 2: 5000 sessions made");
  });
  assert.deepEqual(written, ["http: run 1 of 2\n", "http: run 2 of 2\n"]);
});

test("ProgressLine names round 10 beside round 1", () => {
  const written = linesOf(false, (line) => {
    line.turn({ ...turn, round: 1, rounds: 10 }, 0);
    line.turn({ ...turn, round: 10, rounds: 10 }, 0);
  });
  assert.deepEqual(written, ["http: round 1 of 10\n", "http: round 10 of 10\n"]);
});

test("leftText() goes by the turns so far", () => {
  assert.equal(leftText(turn, 3), "");
  assert.equal(leftText({ ...turn, done: 1, total: 61 }, 5), ", about 5 min left");
});

const durations: readonly (readonly [seconds: number, text: string])[] = [
  [0.2, "1 s"],
  [89.5, "90 s"],
  [90, "2 min"],
  [600, "10 min"],
  [5400, "2 h"],
];

for (const [seconds, text] of durations) {
  test(`durationText() of ${seconds} s is "${text}"`, () => {
    assert.equal(durationText(seconds), text);
  });
}
