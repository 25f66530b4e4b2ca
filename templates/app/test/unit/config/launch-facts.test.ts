import assert from "node:assert/strict";
import { test } from "node:test";
import { type LaunchFacts, launchVariable, takeLaunch } from "../../../src/config/launch-facts.ts";
import { readHost } from "../../../src/control/host.ts";

const facts: LaunchFacts = {
  notes: ["a note"],
  host: readHost(),
  preload: { library: "/usr/lib/libjemalloc.so.2", inherited: undefined },
};

test("takeLaunch() gives the launch's facts once and hides the preload from children", () => {
  const environment: Record<string, string | undefined> = {
    HOME: "/root",
    LD_PRELOAD: "/usr/lib/libjemalloc.so.2",
    FASTSERVE_LAUNCH: launchVariable(facts),
  };
  // JSON has no undefined: what is not set is absent.
  assert.deepEqual(takeLaunch(environment), JSON.parse(JSON.stringify(facts)));
  assert.deepEqual(environment, { HOME: "/root" });
  assert.equal(takeLaunch(environment), undefined);
});

test("takeLaunch() puts an inherited preload back", () => {
  const preload = { library: "/usr/lib/libjemalloc.so.2", inherited: "/x/libfaketime.so.1" };
  const environment: Record<string, string | undefined> = {
    LD_PRELOAD: "/usr/lib/libjemalloc.so.2:/x/libfaketime.so.1",
    FASTSERVE_LAUNCH: launchVariable({ ...facts, preload }),
  };
  takeLaunch(environment);
  assert.deepEqual(environment, { LD_PRELOAD: "/x/libfaketime.so.1" });
});

for (const text of ["", "{", "null", "[]", '{"notes":1}']) {
  test(`takeLaunch() takes ${JSON.stringify(text)} for a plain start`, () => {
    const environment: Record<string, string | undefined> = { FASTSERVE_LAUNCH: text };
    assert.equal(takeLaunch(environment), undefined);
    assert.deepEqual(environment, {});
  });
}
