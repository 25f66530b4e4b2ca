import assert from "node:assert/strict";
import { test } from "node:test";
import { settingsDigest } from "../../../bench/method/settings-digest.ts";
import { load } from "../reference-config.ts";

const digest = (toml: string) => settingsDigest(load(toml).config);
const standard = digest("");

test("settingsDigest() is a SHA-256 in hexadecimal", () => {
  assert.match(standard, /^[0-9a-f]{64}$/);
});

for (const same of [
  "[server]\nport = 4321",
  '[server]\nhost = "::1"',
  '[static]\nroot = "somewhere/else"',
  "[admin]\nport = 4322",
  "[bench]\nruns = 3",
  '[auth]\nusers_file = "users"',
]) {
  test(`settingsDigest() overlooks ${JSON.stringify(same)}`, () => {
    assert.equal(digest(same), standard);
  });
}

for (const other of ["[workers]\ncount = 3", "[limits]\nbody_bytes_max = 4096", "[timeouts]\nidle_ms = 61000"]) {
  test(`settingsDigest() changes with ${JSON.stringify(other)}`, () => {
    assert.notEqual(digest(other), standard);
  });
}
