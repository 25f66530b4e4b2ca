/** The user's files of profiles that a run takes away: they stay on disk, and no server reads them any more. */
import { userFileOf } from "../../../templates/app/src/config/profile-files.ts";
import { profileNames } from "../../tree/project-file.ts";
import { type OpenProject, textOf } from "./project.ts";

/** @param after the profiles that the project has after the run */
export function leftFiles(
  { directory, wish, recordedWish }: OpenProject,
  after: ReadonlyMap<string, unknown>,
): readonly string[] {
  const before = new Set([...profileNames(wish), ...profileNames(recordedWish)]);
  return [...before]
    .filter((name) => !after.has(name))
    .map(userFileOf)
    .filter((path) => textOf(directory, path) !== undefined)
    .sort();
}
