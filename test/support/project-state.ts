/** A real project as tests compare it byte for byte, hundreds of times. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { snapshot } from "./folder-snapshot.ts";

/** Path -> permissions and content. */
export type State = Readonly<Record<string, string>>;

/** Half of the files, which are like the others; their base texts stay, and nothing writes those of a deleted file. */
const LEFT_OUT = ["test", "bench"] as const;

/** The user has no use for the tests and benches. */
export function leaveOutTests(project: string): void {
  for (const folder of LEFT_OUT) rmSync(join(project, folder), { recursive: true });
}

/**
 * What is there: without the record that undo needs, which is private and ages, and without folders, which a write may
 * leave empty.
 */
export function stateOf(project: string): State {
  const files = snapshot(project, [".fastserve/undo", ...LEFT_OUT.map((folder) => `.fastserve/base/${folder}`)]);
  return Object.fromEntries(Object.entries(files ?? {}).filter(([path]) => !path.endsWith("/")));
}

/** What the user sees of it. */
export function ownFilesOf(state: State): State {
  return Object.fromEntries(Object.entries(state).filter(([path]) => !path.startsWith(".fastserve/")));
}

export function isSame(one: State, other: State): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Names the paths that differ; their contents would be hundreds of files. */
export function assertState(actual: State, expected: State, message = ""): void {
  const paths = [...new Set([...Object.keys(actual), ...Object.keys(expected)])];
  assert.deepEqual(
    paths.filter((path) => actual[path] !== expected[path]),
    [],
    `${message}: these differ`,
  );
}
