/**
 * How versions of a file are merged, told from its name alone, so that the same file is merged in the same way in every
 * run. A format that is not listed is merged by lines.
 */

export type Strategy = "lines" | "json" | "toml" | "yaml" | "env" | "ignore";

const strategies: readonly (readonly [RegExp, Strategy])[] = [
  [/\.jsonc?$/i, "json"],
  [/\.toml$/i, "toml"],
  [/\.ya?ml$/i, "yaml"],
  [/^\.env(?:\.[\w.-]+)?$|\.env$/i, "env"],
  [/^\.\w+ignore$|^\.gitattributes$/i, "ignore"],
];

export function strategyOf(path: string): Strategy {
  const name = nameOf(path);
  return strategies.find(([pattern]) => pattern.test(name))?.[1] ?? "lines";
}

const DOCUMENT =
  /\.(?:md|markdown|txt|rst|adoc)$|^(?:readme|licen[cs]e|copying|notice|changelog|contributing|authors)$/i;
/** Texts by their ending, but a package manager, a build tool or a crawler parses them. */
const PARSED = /^(?:(?:requirements|constraints)[\w.-]*|robots|humans|ads|cmakelists)\.txt$/i;

/** Whether conflict markers in the file break nothing: people read it, and no program parses it. */
export function takesMarkers(path: string): boolean {
  const name = nameOf(path);
  return DOCUMENT.test(name) && !PARSED.test(name);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
