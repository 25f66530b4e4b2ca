/**
 * What `explain` explains: the plan of given answers, or inside a project its recorded wish with what is in force.
 * Flags change the wish for one look; facts stay as they are recorded, on whatever machine this runs.
 */
import { tunedFileOf, USER_FILE, userFileOf } from "../../../templates/app/src/config/profile-files.ts";
import type { SettingKey } from "../../../templates/app/src/config/schema.ts";
import type { Given } from "../../answers/given.ts";
import { resolve } from "../../answers/resolve.ts";
import { recordedValues } from "../../drift/recorded-values.ts";
import { type SettingPlaces, type Standing, type Standings, standingOf } from "../../drift/standing.ts";
import { withPins } from "../../drift/with-pins.ts";
import { AppError } from "../../lib/errors.ts";
import type { Plan } from "../../plan/plan.ts";
import { settingKeys } from "../../plan/rules/table.ts";
import type { Session } from "../command.ts";
import { defaultInputs, gather } from "../gather.ts";
import { makePlan } from "../planner.ts";
import { resolveForTarget } from "../resolve-for-target.ts";
import { openTargets, type Targets } from "../target.ts";
import { newProfileWish } from "./new-profile-wish.ts";
import { knownProfile, type OpenProfile } from "./open-profile.ts";
import { profileOf } from "./profile-request.ts";
import { findProject, type OpenProject, openProject, textOf } from "./project.ts";
import { type InForce, planOf, replan } from "./replan.ts";
import { newWish, recordedTarget, recordedWish, type Wish } from "./wish.ts";

export interface Explained {
  /** Of a pinned setting it says what the rules alone say. */
  readonly plan: Plan;
  /** undefined: outside of a project, and for a look at other answers. */
  readonly standings?: ReadonlyMap<SettingKey, Standing>;
  readonly places: SettingPlaces;
}

/** @throws AppError with every invalid answer, or what is wrong in the project's files */
export async function explained(session: Session): Promise<Explained> {
  const gathered = await gather(session);
  const inputs = defaultInputs(session, "project");
  const problems = [...gathered.problems, ...resolve(gathered.given, inputs).problems];
  if (problems.length > 0) throw new AppError(problems);
  const targets = openTargets(session.cwd);
  const request = profileOf(session);
  const name = request.kind === "main" ? undefined : request.name;
  const project = name === undefined ? findProject(session.cwd) : openProject(session.cwd);
  const profile = project === undefined || name === undefined ? undefined : knownProfile(project, name);
  const userOf = (key: SettingKey) => (profile?.own.overrides.has(key) ? userFileOf(profile.name) : USER_FILE);
  const places = { tuned: tunedFileOf(name), userOf, environment: session.environment };
  if (project === undefined) {
    return { plan: makePlan(resolveForTarget(gathered.given, inputs, targets).answers, targets), places };
  }
  const asked: InForce = profile ?? project;
  const wish = wishOf(project, profile, gathered.given, targets);
  const written = writtenPlan(wish, asked);
  const plan = withRules(written ?? planOf(wish));
  if (gathered.given.length > 0) return { plan, places };
  const text = textOf(project.directory, places.tuned);
  const onDisk = text === undefined ? asked.recorded : recordedValues(text, places.tuned);
  const recorded = profile === undefined ? recordedWish(project) : profile.recordedWish;
  const stands = written !== undefined && recorded !== undefined && replan(recorded, wish, asked).stands;
  const retune = written === undefined ? "refuses" : stands ? "leaves" : "writes";
  const context: Standings = { recorded: asked.recorded, onDisk, user: asked.user, retune };
  return { plan, standings: new Map(settingKeys.map((key) => [key, standingOf(key, plan, context)])), places };
}

function wishOf(
  project: OpenProject,
  profile: OpenProfile | undefined,
  given: readonly Given[],
  targets: Targets,
): Wish {
  const recorded = recordedTarget("explain");
  const told = given.some(({ key }) => key === "target") ? given : [...given, recorded];
  if (profile === undefined) return newWish(project, told, targets);
  const main = newWish(project, [recorded], targets).answers;
  return newProfileWish(profile, told, { project, main, targets });
}

/** undefined: the pins are refused. */
function writtenPlan(wish: Wish, { recorded, user }: InForce): Plan | undefined {
  try {
    return withPins(planOf(wish), recorded, user.pins);
  } catch (error) {
    if (error instanceof AppError && error.code === "PIN_REFUSED") return undefined;
    throw error;
  }
}

/** What follows a pin as it is written, and of pinned settings themselves what their rules say. */
function withRules(written: Plan): Plan {
  return { ...written, decisions: { ...written.decisions, ...written.unpinned } };
}
