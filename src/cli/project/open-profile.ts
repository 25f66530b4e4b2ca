/** A profile of a project as a run sees it: its wish, the values of its tuned file, and what the user's files set over them. */
import { tunedFileOf, userFileOf } from "../../../templates/app/src/config/profile-files.ts";
import { editsAllowed, nearest } from "../../answers/nearest.ts";
import { recordedValues } from "../../drift/recorded-values.ts";
import { readUserSettings, type UserSettings } from "../../drift/user-settings.ts";
import { AppError, type Problem } from "../../lib/errors.ts";
import type { ProfileWish } from "../../tree/profile-wish.ts";
import { answersOfProfile, profileNamed, profileNames } from "../../tree/project-file.ts";
import { baseText, type OpenProject, textOf } from "./project.ts";
import type { InForce } from "./replan.ts";
import type { Wish } from "./wish.ts";

export interface OpenProfile extends InForce {
  readonly name: string;
  /** As `fastserve.json` states it now; undefined: it is new. */
  readonly wish: ProfileWish | undefined;
  /** The wish that the last write generated from; undefined: none has. */
  readonly recordedWish: Wish | undefined;
  /** What the profile's own file sets; `user` is what holds with the project's. */
  readonly own: UserSettings;
  /** As the last write left it in `fastserve.json`. */
  readonly recordedProfile: ProfileWish | undefined;
}

/** @throws AppError PROFILE_UNKNOWN, and with what is wrong in the profile's files */
export function knownProfile(project: OpenProject, name: string): OpenProfile {
  const names = profileNames(project.wish);
  if (names.includes(name)) return openProfile(project, name);
  throw new AppError(unknownProfile(name, names));
}

/** `otherwise`: what else to do than to name another one. */
export function unknownProfile(name: string, names: readonly string[], otherwise = "Name one that it has."): Problem {
  const near = nearest(name, names, editsAllowed(name));
  const known = names.length === 0 ? "It has none." : `It has ${names.join(", ")}.`;
  return {
    code: "PROFILE_UNKNOWN",
    key: name,
    message: `The project has no profile "${name}". ${known}`,
    next: near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`,
  };
}

/** @throws AppError with what is wrong in the profile's files */
export function openProfile(project: OpenProject, name: string): OpenProfile {
  const { directory, base } = project;
  const [tuned, userFile] = [tunedFileOf(name), userFileOf(name)];
  const recordedProfile = profileNamed(project.recordedWish, name);
  const own = readUserSettings(textOf(directory, userFile) ?? "", userFile);
  return {
    name,
    wish: profileNamed(project.wish, name),
    recordedWish: recordedProfile && wishOf(project, recordedProfile),
    recordedProfile,
    recorded: recordedValues(baseText(base, tuned) ?? textOf(directory, tuned) ?? "", tuned),
    own,
    user: settingsOver(project.user, own),
  };
}

function wishOf(project: OpenProject, profile: ProfileWish): Wish {
  const { target: label, facts } = profile;
  const answers = answersOfProfile(project.recordedWish, profile);
  return { answers, target: { label, facts: facts.facts }, generatorVersion: project.recordedWish.generator };
}

/** What holds for every profile, and what one sets on top of it. */
export function settingsOver(shared: UserSettings, own: UserSettings): UserSettings {
  return {
    pins: [...new Set([...shared.pins, ...own.pins])],
    overrides: new Map([...shared.overrides, ...own.overrides]),
  };
}
