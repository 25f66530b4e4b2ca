/**
 * A profile is another set of values for the same server, such as those of a smaller machine: a name, and two files
 * instead of one and over the other. The name becomes a part of file names, so it is short and has no dot or slash.
 * Plain data without imports: the generator, which writes these files, reads it too.
 */

/** The generator's file: all values. */
export const TUNED_FILE = "fastserve.tuned.toml";
/** The user's: what overrides them. */
export const USER_FILE = "fastserve.toml";

/** Long enough for "production-eu-central-1"; Linux takes 255 bytes for a file's name. */
const NAME_LENGTH_MAX = 32;

/** Stands instead of the tuned file when the profile is chosen. */
export function tunedFileOf(profile: string | undefined): string {
  return profile === undefined ? TUNED_FILE : `fastserve.tuned.${profile}.toml`;
}

/** Lies over the user's file when the profile is chosen, and may be missing. */
export function userFileOf(profile: string): string {
  return `fastserve.${profile}.toml`;
}

/** The profile whose tuned file has this name; undefined: it is none's. */
export function profileOfTunedFile(name: string): string | undefined {
  const [, profile] = /^fastserve\.tuned\.([^.]+)\.toml$/.exec(name) ?? [];
  return profile !== undefined && profileFault(profile) === undefined ? profile : undefined;
}

/** Why a word cannot be a profile's name; undefined: it can. */
export function profileFault(name: string): string | undefined {
  // The user's file of such a profile would be everybody's tuned file.
  if (name === "tuned") return `is taken: its own settings would stand in ${TUNED_FILE}`;
  if (name.length > NAME_LENGTH_MAX) return `is longer than ${NAME_LENGTH_MAX} characters`;
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return undefined;
  return "is not made of lower-case letters, digits and single hyphens, the first a letter";
}
