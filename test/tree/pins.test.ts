import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { pins } from "../../src/tree/pins.ts";

describe("pins", () => {
  it("equal the versions that this repository tests with", () => {
    const own = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    for (const [name, version] of Object.entries(pins)) assert.equal(version, own.devDependencies[name], name);
  });

  it("are exact", () => {
    for (const version of Object.values(pins)) assert.match(version, /^\d+\.\d+\.\d+$/);
  });
});
