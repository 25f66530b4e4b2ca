/** What the doctor says of files that a server finds by a profile's name. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { checkProfileFiles } from "../../src/doctor/check-profile-files.ts";
import { nodeFileSystem as fs } from "../../src/io/node.ts";
import type { Change } from "../../src/write/changes/change.ts";
import { put, testFolder } from "../support/sample-project.ts";

function rows(t: TestContext, files: readonly string[], changes: readonly Change[] = []): readonly string[] {
  const directory = testFolder(t);
  put(directory, Object.fromEntries(files.map((path) => [path, ""])));
  return checkProfileFiles(fs, { directory, profiles: ["staging"], changes }).map(
    ({ status, subject, value, reason, next }) => `${status} ${subject}: ${value} | ${reason} | ${next}`,
  );
}

test("checkProfileFiles() has no rows for the files of the project and of its profiles", (t) => {
  const own = ["fastserve.json", "fastserve.toml", "fastserve.tuned.toml"];
  const others = ["fastserve.Old.toml", "fastserve.a.b.toml", "my.old.toml", "fastserve.old.toml.bak"];
  assert.deepEqual(rows(t, [...own, "fastserve.staging.toml", "fastserve.tuned.staging.toml", ...others]), []);
});

test("checkProfileFiles() warns of files of profiles that the project does not have", (t) => {
  assert.deepEqual(rows(t, ["fastserve.qa.toml", "fastserve.old.toml", "fastserve.tuned.old.toml"]), [
    "warning profiles: fastserve.tuned.old.toml | fastserve.json has no such profile, so no run retunes it, and a server that names it still takes it. | delete it, or add the profile with create-fastserve retune --profile NAME --target TARGET",
    "warning profiles: fastserve.old.toml, fastserve.qa.toml | fastserve.json has no such profile, so no server reads it. | delete it, or add the profile with create-fastserve retune --profile NAME --target TARGET",
  ]);
});

test("checkProfileFiles() calls a deleted tuned file a problem, and says what brings it back", (t) => {
  const gone = ["README.md", "fastserve.tuned.toml", "fastserve.tuned.staging.toml", "fastserve.toml"];
  const changes = gone.map((path): Change => ({ kind: "keep", path, reason: "deleted_by_user" }));
  assert.deepEqual(rows(t, [], changes), [
    "problem tuned file: fastserve.tuned.toml | It was deleted, and the server does not start without it. | run create-fastserve retune --target recorded --restore fastserve.tuned.toml",
    "problem tuned file: fastserve.tuned.staging.toml | It was deleted, and the server does not start without it where FASTSERVE_PROFILE=staging is set. | run create-fastserve retune --target recorded --restore fastserve.tuned.staging.toml",
  ]);
});
