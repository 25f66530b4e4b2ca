/** The text of a .env file as assignments, each with the comments and blank lines above it; printed, it is the same text. */

export interface EnvEntry {
  readonly key: string;
  /** As it is written, with its quotes. */
  readonly value: string;
  /** Whole lines. */
  readonly above: string;
  /** With "export" where the file has it. */
  readonly text: string;
}

export interface EnvFile {
  readonly entries: readonly EnvEntry[];
  /** What follows the last assignment. */
  readonly end: string;
}

/** A quoted value may go over several lines. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*("[^"\\]*(?:\\[\s\S][^"\\]*)*"[^\n]*|'[^']*'[^\n]*|`[^`]*`[^\n]*|[^\n]*)(?:\n|$)/gm;

export function readEnv(text: string): EnvFile {
  const entries: EnvEntry[] = [];
  let done = 0;
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [assignment, key = "", value = ""] = match;
    entries.push({ key, value: value.trimEnd(), above: text.slice(done, match.index), text: assignment });
    done = match.index + assignment.length;
  }
  return { entries, end: text.slice(done) };
}

export function printEnv({ entries, end }: EnvFile): string {
  const last = entries.length - 1;
  const assignments = entries.map(({ above, text }, index) => {
    const open = !text.endsWith("\n") && (index < last || end !== "");
    return above + text + (open ? "\n" : "");
  });
  return assignments.join("") + end;
}
