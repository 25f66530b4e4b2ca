/**
 * Which profile's values the server takes: the variable FASTSERVE_PROFILE names it, and nothing else does. A name
 * without a tuned file is refused with the names that have one: the plan of another machine would be worse than none.
 */
import { nearest } from "./nearest.ts";
import type { ConfigProblem } from "./problem.ts";
import { profileFault, profileOfTunedFile, tunedFileOf } from "./profile-files.ts";
import { type Environment, PROFILE_VARIABLE } from "./read-environment.ts";
import { restoreCommand, retuneCommand } from "./retune-command.ts";

export interface ProfileChoice {
  /** undefined: none is chosen, and the project's own files are read. */
  readonly profile: string | undefined;
  /** The profile cannot be used. */
  readonly problem?: ConfigProblem;
}

/** `list` gives the names of the files in the project's folder; it is asked only when a profile is chosen. */
export function chooseProfile(environment: Environment, list: () => readonly string[]): ProfileChoice {
  const name = environment[PROFILE_VARIABLE];
  // An empty variable is how env files and compose files leave one out.
  if (name === undefined || name === "") return { profile: undefined };
  const fault = profileFault(name);
  if (fault !== undefined) return refuse(name, fault, list());
  const files = list();
  return files.includes(tunedFileOf(name)) ? { profile: name } : refuse(name, undefined, files);
}

/** `fault` is what is wrong with the name; undefined: it could be a profile's. */
function refuse(name: string, fault: string | undefined, files: readonly string[]): ProfileChoice {
  const known = files.flatMap((file) => profileOfTunedFile(file) ?? []).sort();
  const near = nearest(name, known);
  const message =
    fault === undefined && near === undefined
      ? `"${name}" has no ${tunedFileOf(name)}; ${known.length === 0 ? "no profile has one" : `there are ${known.join(", ")}`}. ${waysToHave(name)}`
      : `${JSON.stringify(name)} ${fault ?? "is no profile of this project"}; ${advice(near, known)}`;
  return { profile: name, problem: { where: PROFILE_VARIABLE, message } };
}

/** A file that was deleted and a profile that never was look the same here. */
function waysToHave(name: string): string {
  return `${restoreCommand(tunedFileOf(name))} brings a deleted one back, ${retuneCommand(name)} plans one; unset the variable for the project's own.`;
}

function advice(near: string | undefined, known: readonly string[]): string {
  if (known.length === 0)
    return "it has none: unset the variable, or make one with npx create-fastserve retune --profile NAME.";
  const all = `it has ${known.join(", ")}`;
  return near === undefined ? `${all}.` : `did you mean ${near}? ${all[0]?.toUpperCase()}${all.slice(1)}.`;
}
