/** Which of a project's plans a run is about: the main one, or a profile that is added, retuned or removed. */
import { profileFault } from "../../../templates/app/src/config/profile-files.ts";
import type { Given } from "../../answers/given.ts";
import { AppError, type Problem } from "../../lib/errors.ts";
import type { Session } from "../command.ts";

export type ProfileRequest =
  | { readonly kind: "main" }
  | { readonly kind: "retune"; readonly name: string }
  | { readonly kind: "remove"; readonly name: string };

/** @throws AppError ANSWER_INVALID */
export function profileOf({ line }: Session): ProfileRequest {
  const { profile, removeProfile } = line.control;
  const problems: Problem[] = [];
  if (profile !== undefined && removeProfile !== undefined) {
    problems.push(invalid("remove-profile", "--profile and --remove-profile exclude each other.", "Keep one of them."));
  }
  const name = profile ?? removeProfile;
  if (name === undefined) return { kind: "main" };
  const fault = profileFault(name);
  if (fault !== undefined) {
    const why = `profile: ${JSON.stringify(name)} ${fault}.`;
    problems.push(invalid("profile", why, "Choose a name such as staging."));
  }
  if (profile === undefined) problems.push(...line.given.filter(({ key }) => key !== "directory").map(besideRemoval));
  if (problems.length > 0) throw new AppError(problems);
  return { kind: profile === undefined ? "remove" : "retune", name };
}

/** Whether the answer is meant for the project or for what is removed, nobody can tell. */
function besideRemoval({ key, where }: Given): Problem {
  return invalid(key, `${where} means nothing to --remove-profile.`, `Leave ${where} out.`);
}

function invalid(key: string, message: string, next: string): Problem {
  return { code: "ANSWER_INVALID", key, message, next };
}
