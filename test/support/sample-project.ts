/** A small file tree with every owner and mode, and folders to write it to. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { FileEntry, FileTree } from "../../src/tree/file-tree.ts";

export const meta = { generatorVersion: "0.1.0" } as const;

const first: readonly FileEntry[] = [
  { path: ".gitignore", content: "node_modules/\n", owner: "merged", mode: 0o644 },
  { path: "README.md", content: "# Sample\n\nWritten first.\n", owner: "merged", mode: 0o644 },
  { path: "bin/start.sh", content: "#!/bin/sh\nexec true\n", owner: "merged", mode: 0o755 },
  { path: "fastserve.tuned.toml", content: "workers = 2\n", owner: "managed", mode: 0o644 },
  { path: "public/dot.png", content: new Uint8Array([137, 80, 78, 71, 13, 10, 0, 255]), owner: "merged", mode: 0o644 },
  { path: "src/app/routes.ts", content: "export const routes = {};\n", owner: "seeded", mode: 0o644 },
  { path: "src/main.ts", content: "console.log(1);\n", owner: "merged", mode: 0o644 },
];

/** A file updated, one made executable, one dropped, two new, one of them in a new folder. */
const second: readonly FileEntry[] = [
  ...first.filter(({ path }) => path !== "public/dot.png" && path !== "fastserve.tuned.toml" && path !== "src/main.ts"),
  { path: "fastserve.tuned.toml", content: "workers = 8\n", owner: "managed", mode: 0o644 },
  { path: "src/main.ts", content: "console.log(1);\n", owner: "merged", mode: 0o755 },
  { path: "src/worker.ts", content: "console.log(2);\n", owner: "merged", mode: 0o644 },
  { path: "deploy/unit/app.service", content: "[Unit]\n", owner: "merged", mode: 0o644 },
];

export const firstTree = treeOf(first);
export const secondTree = treeOf(second);

export function treeOf(entries: readonly FileEntry[]): FileTree {
  return new Map([...entries].sort((a, b) => (a.path < b.path ? -1 : 1)).map((entry) => [entry.path, entry]));
}

/** Real files in memory, where there are such: a fault at every call means thousands of flushes. */
export const memoryFolder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder that is removed after the test. */
export function testFolder(t: TestContext, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, "fastserve-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function put(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}
