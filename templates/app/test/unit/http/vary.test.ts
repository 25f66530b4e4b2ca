import assert from "node:assert/strict";
import { test } from "node:test";
import { withVary } from "../../../src/http/vary.ts";

const rows: readonly (readonly [field: string | null, name: string, expected: string])[] = [
  [null, "origin", "origin"],
  ["", "origin", "origin"],
  ["accept-encoding", "origin", "accept-encoding, origin"],
  ["Origin", "origin", "Origin"],
  ["accept, ORIGIN", "origin", "accept, ORIGIN"],
  ["*", "origin", "*"],
  ["cookie, origin", "Origin, accept", "cookie, origin, accept"],
  ["x-origin", "origin", "x-origin, origin"],
];
for (const [field, name, expected] of rows) {
  test(`withVary(${JSON.stringify(field)}, "${name}") is "${expected}"`, () => {
    assert.equal(withVary(field, name), expected);
  });
}
