/** Names that a project's package can have. What its directory may be called is judged where it is written. */

/** npm's own limit on a package name. */
const NAME_LENGTH_MAX = 214;

/** The package name that a directory suggests: "My Server" -> "my-server"; "." takes the current directory's name. */
export function packageNameOf(directory: string, currentDirectoryName: string): string {
  const parts = directory.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
  const last = parts.at(-1) ?? currentDirectoryName;
  const name = (last === ".." ? "" : last)
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "")
    .slice(0, NAME_LENGTH_MAX);
  return name === "" ? "fastserve-app" : name;
}

/** Why the text is no package name; undefined when it is one. */
export function nameFault(text: string): string | undefined {
  if (text === "") return "is empty";
  if (text.length > NAME_LENGTH_MAX) return `is longer than ${NAME_LENGTH_MAX} characters`;
  if (!/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(text)) {
    return "is no package name: lower-case letters, digits, and - . _ ~ inside";
  }
  return undefined;
}
