/** The words of a bench's command line: one table feeds the reader and the help; all mistakes are collected. */
import { nearest } from "../../src/config/nearest.ts";

export interface Flag {
  /** What its value is called in the help; "": the flag stands alone. */
  readonly value: string;
  readonly text: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** Columns of the help's left side: what its longest row needs, and at least so many. */
const HELP_COLUMNS_MIN = 21;

export function helpRows(flags: Flags): string {
  const rows = Object.entries(flags).map(([flag, { value, text }]) => [`${flag} ${value}`.trimEnd(), text] as const);
  const columns = Math.max(HELP_COLUMNS_MIN, ...rows.map(([left]) => left.length + 2));
  return [...rows, ["--help", "this text"] as const]
    .map(([left, text]) => `  ${left.padEnd(columns)}${text}\n`)
    .join("");
}

/**
 * @param names takes words that are no flags; without it they are mistakes
 * @returns the values by flag ("" for one that stands alone), or "help"; mistakes go to `problems`
 */
export function readFlags(
  flags: Flags,
  args: readonly string[],
  problems: string[],
  names?: string[],
): ReadonlyMap<string, string> | "help" {
  const given = new Map<string, string>();
  // Some package managers pass the "--" on that separates a script's arguments from their own.
  const words = args[0] === "--" ? args.slice(1) : args;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--help" || word === "-h") return "help";
    if (names && !word.startsWith("-")) {
      names.push(word);
      continue;
    }
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const flag = equals === -1 ? word : word.slice(0, equals);
    if (!Object.hasOwn(flags, flag)) {
      const near = flag.startsWith("-") ? nearest(flag, Object.keys(flags)) : undefined;
      problems.push(`${flag} is not an option; ${near ? `did you mean ${near}?` : "--help lists them."}`);
      // Its value is no option of its own.
      if (equals === -1 && near && flags[near]?.value && !(words[at + 1] ?? "--").startsWith("--")) at += 1;
      continue;
    }
    if (flags[flag]?.value === "") {
      if (equals === -1) given.set(flag, "");
      else problems.push(`${flag} takes no value.`);
      continue;
    }
    const value = equals === -1 ? words[at + 1] : word.slice(equals + 1);
    if (equals === -1 && value !== undefined && !value.startsWith("--")) at += 1;
    if (value === undefined || value === "" || (equals === -1 && value.startsWith("--"))) {
      problems.push(`${flag} needs a value: ${flag} ${flags[flag]?.value}.`);
    } else {
      given.set(flag, value);
    }
  }
  return given;
}
