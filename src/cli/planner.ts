/** Answers and a target -> plan -> files in memory. */
import { join } from "node:path";
import type { Answers } from "../answers/answers.ts";
import { templateFiles } from "../io/template-files.ts";
import type { Plan } from "../plan/plan.ts";
import { solve } from "../plan/solve.ts";
import { compose } from "../tree/compose.ts";
import type { FileTree } from "../tree/file-tree.ts";
import { generatorVersion, packageRoot } from "./package-root.ts";
import type { Targets } from "./target.ts";

/** @throws AppError with every contradiction, or when the target is unknown or too small */
export function makePlan(answers: Answers, targets: Targets): Plan {
  const { label, facts } = targets.load(answers);
  return solve(answers, facts, { generatorVersion, target: label });
}

export function makeTree(plan: Plan): FileTree {
  return compose(plan, templateFiles(join(packageRoot, "templates")));
}
