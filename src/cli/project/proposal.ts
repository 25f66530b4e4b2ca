/**
 * What a run would make of a project: the plans, their effects against the values in force, the files in memory, and
 * the change of each file on disk. Reads only; `retune`, `upgrade`, `diff` and `doctor` all start from it.
 */
import type { Given } from "../../answers/given.ts";
import { nodeFileSystem } from "../../io/node.ts";
import type { FileTree } from "../../tree/file-tree.ts";
import type { Change } from "../../write/changes/change.ts";
import { diff } from "../../write/changes/diff.ts";
import { restoreDeleted } from "../../write/changes/restore-deleted.ts";
import type { Base } from "../../write/records/base.ts";
import { refuseDowngrade } from "../../write/records/downgrade.ts";
import type { Session } from "../command.ts";
import { generatorVersion } from "../package-root.ts";
import { makeTree } from "../planner.ts";
import { openTargets } from "../target.ts";
import { knownBase } from "./known-base.ts";
import { leftFiles } from "./left-files.ts";
import { type ProfileRequest, profileOf } from "./profile-request.ts";
import type { OpenProject } from "./project.ts";
import { type Replanned, replan } from "./replan.ts";
import { type ReplannedProfile, replanProfiles } from "./replan-profiles.ts";
import { newWish, recordedTarget, recordedWish } from "./wish.ts";

/** The project's own plan, with those of its profiles. */
export interface Proposal extends Replanned {
  readonly project: OpenProject;
  /** Which plan the run was about. */
  readonly request: ProfileRequest;
  readonly profiles: ReadonlyMap<string, ReplannedProfile>;
  readonly tree: FileTree;
  /** What the changes were planned from; a write carries them out only on that. */
  readonly base: Base;
  readonly changes: readonly Change[];
  /** The user's files of profiles that go with the run. */
  readonly left: readonly string[];
}

export interface Instructions {
  /** What the run was told about the wish of the plan that it is about. */
  readonly given: readonly Given[];
  readonly request: ProfileRequest;
  /** Where a facts file is looked for. */
  readonly cwd: string;
  /** Deleted files that are wanted back. */
  readonly restore: readonly string[];
  readonly allowDowngrade: boolean;
}

/** What the command line says, with the answers that were gathered from all layers. */
export function instructionsOf(session: Session, given: readonly Given[]): Instructions {
  const { restore, allowDowngrade } = session.line.control;
  return { given, request: profileOf(session), cwd: session.cwd, restore, allowDowngrade };
}

/** @throws AppError with every contradiction of answers and target, PROFILE_UNKNOWN, DOWNGRADE_REFUSED, FILE_NOT_RESTORABLE */
export function propose(project: OpenProject, instructions: Instructions): Proposal {
  const { given, request, cwd, restore, allowDowngrade } = instructions;
  refuseDowngrade(project.base, generatorVersion, allowDowngrade);
  const targets = openTargets(cwd);
  // A run about a profile leaves the project's own facts alone.
  const told = request.kind === "main" ? given : [recordedTarget("the profile's run")];
  const main = replan(recordedWish(project), newWish(project, told, targets), project);
  const profiles = replanProfiles(project, main.plan, { request, given, targets });
  const plans = new Map([...profiles].map(([name, { plan }]) => [name, plan]));
  const tree = makeTree(main.plan, plans);
  const base = knownBase(project, main, profiles);
  const changes = restoreDeleted(diff(tree, nodeFileSystem, project.directory, base), tree, restore);
  return { ...main, project, request, profiles, tree, base, changes, left: leftFiles(project, profiles) };
}
