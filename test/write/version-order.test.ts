import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/lib/errors.ts";
import { noBase } from "../../src/write/records/base.ts";
import { refuseDowngrade } from "../../src/write/records/downgrade.ts";
import { compareVersions, isVersion } from "../../src/write/records/version-order.ts";

test("compareVersions() orders as the semantic versioning specification does, and what is no version first", () => {
  const ordered = [
    "nonsense",
    "0.9.0",
    "0.10.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "2.0.0",
  ];
  assert.deepEqual([...ordered].reverse().sort(compareVersions), ordered);
  assert.equal(compareVersions("1.0.0+a", "1.0.0+b"), 0);
});

const texts: readonly (readonly [string, boolean])[] = [
  ["0.1.0", true],
  ["1.2.3-rc.1+linux", true],
  ["1.2", false],
  ["v1.2.3", false],
  ["1.2.3\n", false],
  ["1.2.3-\u001b[31m", false],
  [`${"9".repeat(10)}.0.0`, false],
  ["", false],
];
for (const [text, expected] of texts) {
  test(`isVersion() of ${JSON.stringify(text)} is ${expected}`, () => assert.equal(isVersion(text), expected));
}

test("refuseDowngrade() refuses a project of a newer release, unless that is allowed", () => {
  const base = { ...noBase, generatorVersion: "0.2.0" };
  assert.throws(
    () => refuseDowngrade(base, "0.1.9", false),
    (error) => error instanceof AppError && error.code === "DOWNGRADE_REFUSED" && error.exitCode === 2,
  );
  refuseDowngrade(base, "0.1.9", true);
  refuseDowngrade(base, "0.2.0", false);
  refuseDowngrade(base, "0.3.0", false);
  refuseDowngrade(noBase, "0.1.0", false);
});
