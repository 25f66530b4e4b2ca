import assert from "node:assert/strict";
import { test } from "node:test";
import { editDistance, nearest } from "../../../src/config/nearest.ts";

const distances = [
  ["", "", 0],
  ["port", "port", 0],
  ["prot", "port", 2],
  ["byte", "bytes", 1],
  ["", "abc", 3],
  ["kitten", "sitting", 3],
] as const;

for (const [from, to, expected] of distances) {
  test(`editDistance("${from}", "${to}") is ${expected}`, () => {
    assert.equal(editDistance(from, to), expected);
    assert.equal(editDistance(to, from), expected);
  });
}

test("nearest() takes the closest of several near candidates", () => {
  assert.equal(nearest("head_mx", ["heat_max_ms", "head_ms", "head_my"]), "head_ms");
  assert.equal(nearest("workers.cuont", ["workers.mode", "workers.count"]), "workers.count");
});

test("nearest() suggests nothing when more than a third differs", () => {
  assert.equal(nearest("colour", ["server.port", "tls.mode"]), undefined);
});
