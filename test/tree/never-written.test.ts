/** What belongs to a package manager or to the user alone is in no tree, so no later run can ever touch it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { claims, destination, manifest } from "../../src/tree/manifest.ts";
import { listFiles } from "../tidy/source-files.ts";

const LOCKFILE = /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock)$/;
const SECRET = /\.(?:pem|key|crt|cer|p12|pfx|jks)$|^\.env(?:\.(?!example).*)?$|^id_[a-z0-9]+$|(?:^|\.)htpasswd$/;

const templates = listFiles("templates").map((path) => path.replace(/^templates\//, ""));
const written = manifest.flatMap((row) => {
  if (row.kind === "keep") return [];
  if (row.kind !== "copy") return [row.to];
  return templates.filter((path) => claims(row, path)).map((path) => destination(row, path));
});

/** The servers that the bench suite compares with: packages of the suite, which no server of a project loads. */
const PEERS = "bench/peers/package-lock.json";

test("the manifest writes no lockfile of the project, no key, certificate or secret", () => {
  assert.ok(written.length > 500, `${written.length} paths`);
  const names = written.map((path) => [path.slice(path.lastIndexOf("/") + 1), path] as const);
  assert.deepEqual(
    names.filter(([name]) => LOCKFILE.test(name) || SECRET.test(name)).map(([, path]) => path),
    [PEERS],
  );
});
