/** What a run wants of a profile: the project's answers, its own over them, and its own target. */
import type { Answers } from "../../answers/answers.ts";
import type { Given } from "../../answers/given.ts";
import { presets } from "../../facts/presets.ts";
import { type ProfileWish, profileAnswers } from "../../tree/profile-wish.ts";
import type { ProjectFile } from "../../tree/project-file.ts";
import type { Targets } from "../target.ts";
import type { OpenProfile } from "./open-profile.ts";
import { ownAnswersAfter } from "./profile-answers.ts";
import type { OpenProject } from "./project.ts";
import { hasEditedFacts, RECORDED_TARGET, targetOf, type Wish } from "./wish.ts";

export interface ProfileContext {
  readonly project: OpenProject;
  /** The project's answers after this run. */
  readonly main: Answers;
  readonly targets: Targets;
}

/**
 * @param told what the run was told about this profile; `recordedTarget()` among it keeps the facts as they are
 * @throws AppError with every invalid answer, those that only the project can give, or when the target cannot be loaded
 */
export function newProfileWish(profile: OpenProfile, told: readonly Given[], context: ProfileContext): Wish {
  const { main, targets } = context;
  const named = told.find(({ key }) => key === "target")?.raw;
  const said = told.filter(({ key, raw }) => key !== "directory" && !(key === "target" && raw === RECORDED_TARGET));
  const own = ownAnswersAfter(profile.wish?.answers ?? {}, said, main);
  const answers = profileAnswers(main, { answers: own });
  const place = inPlaceOfProject(profile, context);
  return { answers, target: targetOf(place, answers, named, targets), isExact: hasEditedFacts(place, named) };
}

/** The profile's facts where the project's stand, for whoever asks whether they were edited by hand. */
function inPlaceOfProject({ wish, recordedProfile }: OpenProfile, { project, targets }: ProfileContext): OpenProject {
  return {
    ...project,
    wish: over(project.wish, wish),
    recordedWish: over(project.recordedWish, recordedProfile ?? (wish && asNamed(wish, targets))),
  };
}

/** What a profile that was written by hand is held against: its preset as the table has it. */
function asNamed(wish: ProfileWish, targets: Targets): ProfileWish {
  const { target } = wish.answers;
  return target !== undefined && presets.some(({ id }) => id === target)
    ? { ...wish, facts: targets.named(target) }
    : wish;
}

function over(project: ProjectFile, profile: ProfileWish | undefined): ProjectFile {
  if (profile === undefined) return project;
  const { target, facts } = profile;
  return { ...project, target, facts, answers: { ...project.answers, ...profile.answers } };
}
