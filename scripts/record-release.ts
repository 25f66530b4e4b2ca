/**
 * Records what a release writes, for the tests that upgrade it: `tsx scripts/record-release.ts` when one is made, with
 * its version in package.json and its heading in CHANGELOG.md. `--from DIR` records the built package in another
 * directory. A recording is never replaced: what was released stays what it was.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { archivePath, pack, recordedProjects } from "../test/released/releases.ts";
import type { Archive, ArchivedFile } from "../test/released/tar.ts";
import { root } from "./test-stages.ts";

const { values } = parseArgs({ options: { from: { type: "string" } } });
const from = values.from === undefined ? root : resolve(values.from);
const { version } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as { readonly version: string };
if (existsSync(archivePath(version))) {
  console.error(`${version} is recorded already; raise the version in package.json for another release.`);
  process.exit(2);
}
if (values.from === undefined) runNode(join(root, "scripts/build.mjs"));
const place = mkdtempSync(join(tmpdir(), "fastserve-release-"));
try {
  for (const [name, flags] of Object.entries(recordedProjects)) {
    const program = join(from, "bin/create-fastserve.js");
    runNode(program, join(place, name), "--yes", "--no-install", "--no-git", ...flags);
  }
  const archive = pack(filesBelow(place));
  writeFileSync(archivePath(version), archive);
  console.log(`${archivePath(version)}: ${Math.ceil(archive.length / 1024)} KiB`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

function runNode(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}:\n${stderr}`);
}

function filesBelow(folder: string): Archive {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry): [string, ArchivedFile] => {
      const path = join(entry.parentPath, entry.name);
      const executable = (statSync(path).mode & 0o100) !== 0;
      return [path.slice(folder.length + 1), { content: readFileSync(path), executable }];
    }),
  );
}
