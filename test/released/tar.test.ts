import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { testFolder } from "../support/sample-project.ts";
import { type Archive, packTar, unpackTar } from "./tar.ts";

const long = `${"folder/".repeat(14)}${"name".repeat(20)}.ts`;
const files: Archive = new Map([
  ["bin/start.sh", { content: Buffer.from("#!/bin/sh\n"), executable: true }],
  ["empty", { content: Buffer.alloc(0), executable: false }],
  ["größe.txt", { content: Buffer.from("ß\r\n"), executable: false }],
  [long, { content: Buffer.alloc(513, 7), executable: false }],
]);

test("unpackTar() reads what packTar() wrote, and its order does not matter", () => {
  const tar = packTar(files);
  const read = unpackTar(tar);
  assert.deepEqual([...read.keys()], ["bin/start.sh", "empty", long, "größe.txt"]);
  for (const [path, { content, executable }] of files) {
    const file = read.get(path);
    assert.deepEqual([file?.executable, Buffer.compare(file?.content ?? Buffer.of(1), content)], [executable, 0], path);
  }
  assert.equal(Buffer.compare(packTar(new Map([...files].reverse())), tar), 0);
});

test("packTar() writes what tar reads", (t) => {
  const folder = testFolder(t);
  writeFileSync(join(folder, "a.tar"), packTar(files));
  const { status, stderr } = spawnSync("tar", ["-xf", "a.tar"], { cwd: folder, encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.equal(readFileSync(join(folder, "größe.txt"), "utf8"), "ß\r\n");
  assert.equal(readFileSync(join(folder, long)).length, 513);
  assert.equal(statSync(join(folder, "bin/start.sh")).mode & 0o100, 0o100);
});

test("unpackTar() refuses an archive that was cut off", () => {
  const tar = packTar(new Map([["a", { content: Buffer.alloc(4096), executable: false }]]));
  assert.throws(() => unpackTar(tar.subarray(0, 2048)), /the archive ends inside a/);
});
