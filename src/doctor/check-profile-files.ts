/**
 * The files by which a server finds its profile's values: a tuned file without which it does not start, and files of
 * profiles that the project does not have.
 */
import { profileFault, profileOfTunedFile, TUNED_FILE } from "../../templates/app/src/config/profile-files.ts";
import type { FileSystem } from "../io/ports.ts";
import type { Change } from "../write/changes/change.ts";
import { type Finding, namesText, problem, warning } from "./finding.ts";

export interface ProfileFilesReading {
  readonly directory: string;
  /** The profiles of `fastserve.json`. */
  readonly profiles: readonly string[];
  /** What a run with nothing told would do. */
  readonly changes: readonly Change[];
}

/** @returns no rows where nothing is wrong: most projects have no profile */
export function checkProfileFiles(fs: FileSystem, reading: ProfileFilesReading): readonly Finding[] {
  const { directory, profiles, changes } = reading;
  const deleted = changes.filter(({ reason }) => reason === "deleted_by_user").map(({ path }) => path);
  const isKnown = (name: string | undefined): boolean => name === undefined || profiles.includes(name);
  const present = fs.list(directory).toSorted();
  const tuned = present.filter((path) => !isKnown(profileOfTunedFile(path)));
  const user = present.filter((path) => !isKnown(profileOfUserFile(path)));
  return [
    ...deleted.filter((path) => path === TUNED_FILE || profileOfTunedFile(path) !== undefined).map(missing),
    ...(tuned.length === 0 ? [] : [stray(tuned)]),
    ...(user.length === 0 ? [] : [unread(user)]),
  ];
}

function missing(path: string): Finding {
  const profile = profileOfTunedFile(path);
  const where = profile === undefined ? "" : ` where FASTSERVE_PROFILE=${profile} is set`;
  const reason = `It was deleted, and the server does not start without it${where}.`;
  return problem("tuned file", path, reason, `run create-fastserve retune --target recorded --restore ${path}`);
}

const KEEP_OR_DELETE = "delete it, or add the profile with create-fastserve retune --profile NAME --target TARGET";

function stray(paths: readonly string[]): Finding {
  const reason = "fastserve.json has no such profile, so no run retunes it, and a server that names it still takes it.";
  return warning("profiles", namesText(paths), reason, KEEP_OR_DELETE);
}

function unread(paths: readonly string[]): Finding {
  const reason = "fastserve.json has no such profile, so no server reads it.";
  return warning("profiles", namesText(paths), reason, KEEP_OR_DELETE);
}

function profileOfUserFile(path: string): string | undefined {
  const [, profile] = /^fastserve\.([^.]+)\.toml$/.exec(path) ?? [];
  return profile !== undefined && profileFault(profile) === undefined ? profile : undefined;
}
