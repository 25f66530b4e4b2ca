import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { nodeFileSystem } from "../../src/io/node.ts";
import { AppError } from "../../src/lib/errors.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { planDigest, refuseOtherPlan } from "../../src/write/changes/plan-digest.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { firstTree, meta, put, secondTree, testFolder } from "../support/sample-project.ts";

const change: Change = {
  kind: "update",
  path: "a",
  reason: "generated_differs",
  entry: { path: "a", content: "n", owner: "merged", mode: 0o644 },
  preimage: "0".repeat(64),
  advancesBase: true,
};

test("planDigest() is the same for the same plan, in any order", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  const plan = () => diff(secondTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  assert.match(planDigest(plan()), /^[0-9a-f]{64}$/);
  assert.equal(planDigest(plan()), planDigest(plan().reverse()));
});

const others: readonly (readonly [string, Change])[] = [
  ["kind", { ...change, kind: "merge" }],
  ["path", { ...change, path: "b" }],
  ["reason", { ...change, reason: "mine_taken" }],
  ["content", { ...change, entry: { path: "a", content: "m", owner: "merged", mode: 0o644 } }],
  ["mode", { ...change, entry: { path: "a", content: "n", owner: "merged", mode: 0o755 } }],
  ["preimage", { ...change, preimage: "1".repeat(64) }],
  ["origin", { ...change, from: "b" }],
  ["base", { ...change, advancesBase: false }],
  ["decision", { ...change, clashes: [{ where: "line 1", base: "", mine: "l", next: "n" }] }],
];
for (const [what, other] of others) {
  test(`planDigest() differs for another ${what}`, () => {
    assert.notEqual(planDigest([other]), planDigest([change]));
  });
}

test("planDigest() differs once a file that the plan writes was edited", (t) => {
  const folder = join(testFolder(t), "server");
  createProject(nodeFileSystem, firstTree, folder, meta);
  const plan = () => diff(secondTree, nodeFileSystem, folder, readBase(nodeFileSystem, folder));
  const reviewed = planDigest(plan());
  put(folder, { "fastserve.tuned.toml": "\ufeffworkers = 2\n" });
  assert.notEqual(planDigest(plan()), reviewed);
});

test("refuseOtherPlan() lets the reviewed plan pass and refuses another with exit code 3", () => {
  refuseOtherPlan([change], planDigest([change]));
  assert.throws(
    () => refuseOtherPlan([change], planDigest([])),
    (error) => error instanceof AppError && error.code === "PLAN_DIFFERS" && error.exitCode === 3,
  );
});
