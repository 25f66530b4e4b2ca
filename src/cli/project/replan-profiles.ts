/**
 * The profiles of a project, planned anew beside it. Each follows the project's answers, so all of them are planned on
 * every run; only the one that the run is about gets new facts or answers of its own.
 */

import type { AnswerKey, Answers } from "../../answers/answers.ts";
import type { Given } from "../../answers/given.ts";
import { effectsOf } from "../../drift/effects-of.ts";
import type { RecordedValues } from "../../drift/recorded-values.ts";
import { AppError, type ErrorCode, type Problem } from "../../lib/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { PROFILES_MAX } from "../../tree/profile-wish.ts";
import { answerKeys, profileNames } from "../../tree/project-file.ts";
import type { Targets } from "../target.ts";
import { newProfileWish, type ProfileContext } from "./new-profile-wish.ts";
import { type OpenProfile, openProfile, unknownProfile } from "./open-profile.ts";
import type { ProfileRequest } from "./profile-request.ts";
import type { OpenProject } from "./project.ts";
import { planOf, type Replanned, replan } from "./replan.ts";
import { RECORDED_TARGET, recordedTarget, saysTheSame, type Wish } from "./wish.ts";

export interface ReplannedProfile extends Replanned {
  /** No tuned file of it is recorded: its effects are what it has otherwise than the project. */
  readonly isNew: boolean;
}

export interface ProfilesRun {
  readonly request: ProfileRequest;
  /** What the run was told; about the profile when the request names one. */
  readonly given: readonly Given[];
  readonly targets: Targets;
}

/**
 * @param main the project's own plan
 * @returns by name, in alphabetical order
 * @throws AppError PROFILE_UNKNOWN, or with every contradiction of every profile
 */
export function replanProfiles(
  project: OpenProject,
  main: Plan,
  run: ProfilesRun,
): ReadonlyMap<string, ReplannedProfile> {
  const context: ProfileContext = { project, main: main.answers, targets: run.targets };
  const problems: Problem[] = [];
  const entries: [string, ReplannedProfile][] = [];
  for (const name of namesAfter(project, run)) {
    try {
      const profile = openProfile(project, name);
      const wish = newProfileWish(profile, isAbout(run, name) ? run.given : followsProject, context);
      entries.push([name, replanProfile(profile, wish, main)]);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.push(...error.problems.map((problem) => aboutProfile(problem, name, run)));
    }
  }
  if (problems.length > 0) throw new AppError(problems);
  return new Map(entries);
}

function namesAfter({ wish }: OpenProject, { request, given }: ProfilesRun): readonly string[] {
  const names = profileNames(wish);
  if (request.kind === "main") return names;
  const { name } = request;
  if (names.includes(name)) return request.kind === "remove" ? names.filter((known) => known !== name) : names;
  if (request.kind === "remove") throw new AppError(unknownProfile(name, names));
  const isAdded = given.some(({ key, raw }) => key === "target" && raw !== RECORDED_TARGET);
  const add = `Add it with --profile ${name} --target this|PRESET|FILE.`;
  if (!isAdded) throw new AppError(unknownProfile(name, names, add));
  if (names.length >= PROFILES_MAX) throw new AppError(tooMany(name));
  return [...names, name].sort();
}

/** A run that is about something else leaves the profile's own facts alone. */
const followsProject: readonly Given[] = [recordedTarget("the project's run")];

function isAbout({ request }: ProfilesRun, name: string): boolean {
  return request.kind === "retune" && request.name === name;
}

function replanProfile(profile: OpenProfile, wish: Wish, main: Plan): ReplannedProfile {
  const { recordedWish } = profile;
  if (recordedWish !== undefined) return { ...replan(recordedWish, wish, profile, isSaidAlike), isNew: false };
  const plan = planOf(wish);
  const effects = effectsOf(valuesOf(main), main, plan, { pins: [], overrides: profile.user.overrides });
  return { before: main, plan, effects, stands: false, isNew: true };
}

/**
 * Answers of the project reach a profile with their origins, and its tuned file names those: where the project now says
 * itself what was a default before, the profile's file says so in the same run and not in the next.
 */
function isSaidAlike(one: Answers, other: Answers): boolean {
  const isDefault = (answers: Answers, key: AnswerKey): boolean => answers[key].origin === "default";
  return saysTheSame(one, other) && answerKeys.every((key) => isDefault(one, key) === isDefault(other, key));
}

function valuesOf({ decisions }: Plan): RecordedValues {
  return new Map(
    Object.values(decisions).flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const])),
  );
}

function tooMany(name: string): Problem {
  return {
    code: "ANSWER_REFUSED",
    key: "profile",
    message: `The project has ${PROFILES_MAX} profiles, which is as many as there can be; "${name}" would be one more.`,
    next: "Remove one with --remove-profile.",
  };
}

/** Refusals of a plan: the profile's own answers or target can be changed first, without the rest. */
const refusals: readonly ErrorCode[] = ["ANSWER_REFUSED", "TARGET_TOO_SMALL", "PIN_REFUSED"];

/** Says which plan refuses, and how the others get on without it. */
function aboutProfile(problem: Problem, name: string, run: ProfilesRun): Problem {
  const message = `Profile ${name}: ${problem.message}`;
  if (isAbout(run, name) || !refusals.includes(problem.code)) return { ...problem, message };
  const apart = `First retune it with --profile ${name}, or remove it with --remove-profile ${name}.`;
  return { ...problem, message, next: `${problem.next} ${apart}` };
}
