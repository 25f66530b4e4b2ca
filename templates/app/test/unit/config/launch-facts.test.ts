import assert from "node:assert/strict";
import { test } from "node:test";
import { type LaunchFacts, launchVariable, takeLaunch } from "../../../src/config/launch-facts.ts";
import { readHost } from "../../../src/control/host.ts";

const LIBRARY = "/usr/lib/libjemalloc.so.2";

const facts: LaunchFacts = {
  notes: ["a note"],
  host: readHost(),
  preload: { library: LIBRARY, version: "5.3.0" },
  restore: { LD_PRELOAD: null, MALLOC_CONF: null },
};

test("takeLaunch() gives the launch's facts once and hides what it set from children", () => {
  const environment: Record<string, string | undefined> = {
    HOME: "/root",
    LD_PRELOAD: LIBRARY,
    MALLOC_CONF: "narenas:1",
    FASTSERVE_LAUNCH: launchVariable(facts),
  };
  // JSON has no undefined: what is not set is absent.
  assert.deepEqual(takeLaunch(environment), JSON.parse(JSON.stringify(facts)));
  assert.deepEqual(environment, { HOME: "/root" });
  assert.equal(takeLaunch(environment), undefined);
});

test("takeLaunch() puts back what was there before, and leaves alone what it does not name", () => {
  const environment: Record<string, string | undefined> = {
    LD_PRELOAD: `${LIBRARY}:/x/libfaketime.so.1`,
    MALLOC_CONF: "narenas:2",
    FASTSERVE_LAUNCH: launchVariable({ ...facts, restore: { LD_PRELOAD: "/x/libfaketime.so.1" } }),
  };
  takeLaunch(environment);
  assert.deepEqual(environment, { LD_PRELOAD: "/x/libfaketime.so.1", MALLOC_CONF: "narenas:2" });
});

for (const text of ["", "{", "null", "[]", '{"notes":1}', '{"notes":[],"host":{}}']) {
  test(`takeLaunch() takes ${JSON.stringify(text)} for a plain start`, () => {
    const environment: Record<string, string | undefined> = { FASTSERVE_LAUNCH: text };
    assert.equal(takeLaunch(environment), undefined);
    assert.deepEqual(environment, {});
  });
}
