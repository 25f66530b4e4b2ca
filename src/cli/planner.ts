/** Answers and a target -> plan -> files in memory. */
import { join } from "node:path";
import type { Answers } from "../answers/answers.ts";
import { templateFiles } from "../io/template-files.ts";
import type { Plan } from "../plan/plan.ts";
import { solve } from "../plan/solve.ts";
import { compose } from "../tree/compose.ts";
import type { FileTree } from "../tree/file-tree.ts";
import type { Profiles } from "../tree/profile-wish.ts";
import { generatorVersion, packageRoot } from "./package-root.ts";
import type { Targets } from "./target.ts";

/** @throws AppError with every contradiction, or when the target is unknown or too small */
export function makePlan(answers: Answers, targets: Targets): Plan {
  const { label, facts } = targets.load(answers);
  return solve(answers, facts, { generatorVersion, target: label });
}

/** @param profiles the same server's plans for other targets */
export function makeTree(plan: Plan, profiles?: Profiles): FileTree {
  return compose(plan, templateFiles(join(packageRoot, "templates")), profiles);
}
