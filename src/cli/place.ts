/** Where a project goes: judged before anything is asked, written after everything is known. */
import { homedir } from "node:os";
import { nodeFileSystem } from "../io/node.ts";
import type { Problem } from "../lib/errors.ts";
import type { FileTree } from "../tree/file-tree.ts";
import { readBase } from "../write/base.ts";
import type { Change } from "../write/change.ts";
import { createProject } from "../write/create-project.ts";
import { diff } from "../write/diff.ts";
import { inspectTarget, targetProblem } from "../write/inspect-target.ts";
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
  /** What became of a write that an earlier run did not finish. */
  readonly recovery: Recovery;
}

/** Writes the project: as a whole where nothing is, file by file and journalled among other files. */
export function writeProject(directory: string, tree: FileTree, generatorVersion: string): Written {
  const recovery = recover(nodeFileSystem, directory);
  const changes = planChanges(directory, tree);
  const isNew = inspectTarget(nodeFileSystem, directory, homedir()).kind === "absent";
  if (isNew) createProject(nodeFileSystem, tree, directory, { generatorVersion });
  else updateProject(nodeFileSystem, changes, tree, directory, { generatorVersion });
  return { changes, recovery };
}
