/**
 * Whole projects, in memory: every golden case that differs from another in runtime, target, workload, exposure,
 * features or deployment. Without most of the tests and benches, which are like other sources and are half of the files.
 */
import { makeTree } from "../../src/cli/planner.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { caseNames, planOfCase, profilesOfCase } from "../tree/golden-cases.ts";

export interface RealTree {
  readonly name: string;
  readonly tree: FileTree;
}

export async function realTrees(): Promise<readonly RealTree[]> {
  const trees: RealTree[] = [];
  for (const name of caseNames) {
    const tree = makeTree(await planOfCase(name), await profilesOfCase(name));
    trees.push({ name, tree: new Map([...tree].filter(([path]) => !isLeftOut(path))) });
  }
  return trees;
}

function isLeftOut(path: string): boolean {
  return /^(bench|test)\//.test(path) && !path.startsWith("test/unit/runtime/");
}
