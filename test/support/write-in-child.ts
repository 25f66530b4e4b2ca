/**
 * A process of its own that writes the sample project and, at the call it is told, ends itself with SIGKILL: no
 * handler, no clean-up, as the kernel's out-of-memory killer or a power switch does it.
 * Arguments: create | update, the folder, and "step N" or "pause MS" (a pause after each call, to be killed in).
 */
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileSystem } from "../../src/io/ports.ts";
import { diff } from "../../src/write/changes/diff.ts";
import { createProject } from "../../src/write/create-project.ts";
import { readBase } from "../../src/write/records/base.ts";
import { updateProject } from "../../src/write/update-project.ts";
import { firstTree, meta, secondTree } from "./sample-project.ts";

const [command = "", folder = "", how = "", amount = "0"] = process.argv.slice(2);
let calls = 0;

function afterCall(): void {
  calls += 1;
  if (how === "step" && calls === Number(amount)) process.kill(process.pid, "SIGKILL");
  if (how === "pause") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(amount));
  // The first call is the mark; by the second one this process has looked for others' marks and goes on.
  if (how === "pause" && calls === 2) process.stdout.write("begun\n");
}

const fs: FileSystem = {
  ...nodeFileSystem,
  makeDirectory: (path) => thenCount(() => nodeFileSystem.makeDirectory(path)),
  create: (path, content, mode, flush) => thenCount(() => nodeFileSystem.create(path, content, mode, flush)),
  copy: (from, to) => thenCount(() => nodeFileSystem.copy(from, to)),
  rename: (from, to) => thenCount(() => nodeFileSystem.rename(from, to)),
  remove: (path) => thenCount(() => nodeFileSystem.remove(path)),
  removeTree: (path) => thenCount(() => nodeFileSystem.removeTree(path)),
};

function thenCount(act: () => void): void {
  act();
  afterCall();
}

if (command === "create") createProject(fs, firstTree, folder, meta);
else updateProject(fs, diff(secondTree, fs, folder, readBase(fs, folder)), secondTree, folder, meta);
process.stdout.write(`done ${calls}\n`);
