/** Where a project goes: judged before anything is asked, written after everything is known. */
import { homedir } from "node:os";
import { nodeFileSystem } from "../io/node.ts";
import type { Problem } from "../lib/errors.ts";
import type { FileTree } from "../tree/file-tree.ts";
import type { Change } from "../write/changes/change.ts";
import { diff } from "../write/changes/diff.ts";
import { createProject } from "../write/create-project.ts";
import { inspectTarget, targetProblem } from "../write/inspect-target.ts";
import { readBase } from "../write/records/base.ts";
import { type Recovery, recover } from "../write/recover.ts";
import { updateProject } from "../write/update-project.ts";

/** Why no project may be written to the directory (absolute path); none when it may. */
export function placeProblems(directory: string, force: boolean): readonly Problem[] {
  const problem = targetProblem(inspectTarget(nodeFileSystem, directory, homedir()), force);
  return problem === undefined ? [] : [problem];
}

/** What writing the tree there would do, file by file; writes nothing. */
export function planChanges(directory: string, tree: FileTree): readonly Change[] {
  return diff(tree, nodeFileSystem, directory, readBase(nodeFileSystem, directory));
}

export interface Written {
  /** What was done, from the state that was written to. */
  readonly changes: readonly Change[];
  /** Whether the project stands among files of somebody else, which are not ours to commit. */
  readonly isAmongOthers: boolean;
}

/** Ends what a killed run left half done; must come before the directory is judged, which it may have half filled. */
export function recoverPlace(directory: string): Recovery {
  return recover(nodeFileSystem, directory);
}

/** Writes the project: as a whole where nothing is, file by file and journalled among other files. */
export function writeProject(directory: string, tree: FileTree, generatorVersion: string): Written {
  const changes = planChanges(directory, tree);
  const { kind } = inspectTarget(nodeFileSystem, directory, homedir());
  if (kind === "absent") createProject(nodeFileSystem, tree, directory, { generatorVersion });
  else updateProject(nodeFileSystem, changes, tree, directory, { generatorVersion });
  return { changes, isAmongOthers: kind === "foreign" };
}
