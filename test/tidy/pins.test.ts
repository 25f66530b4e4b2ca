/** The pinned runtime versions stand in capabilities.ts; everything that repeats them must agree. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeVersions } from "../../templates/app/src/runtime/capabilities.ts";
import { readText } from "./source-files.ts";

const { devDependencies } = JSON.parse(readText("package.json")) as { devDependencies: Record<string, string> };

test("package.json installs the pinned Bun and Deno", () => {
  assert.equal(devDependencies.bun, runtimeVersions.bun);
  assert.equal(devDependencies.deno, runtimeVersions.deno);
});

test("package.json pins every dependency to one version", () => {
  assert.deepEqual(
    Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

test("package.json has no runtime dependencies: users install one bundle", () => {
  assert.equal((JSON.parse(readText("package.json")) as Record<string, unknown>).dependencies, undefined);
});

test("package-lock.json has every platform's packages, because npm ci refuses a lock that leaves some out", () => {
  const { packages } = JSON.parse(readText("package-lock.json")) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  assert.deepEqual(missing, []);
});
