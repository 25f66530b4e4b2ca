/** The files of a run over an existing project: what happens to each, and why where that is not plain. */
import { formatBytes } from "../../lib/units.ts";
import type { KeptKey } from "../../merge/merged.ts";
import type { Change, ChangeReason } from "../../write/changes/change.ts";
import { toBytes } from "../../write/disk/file-text.ts";
import { conflictText } from "../settle-conflicts.ts";
import { brokenLines } from "./columns.ts";
import type { Style } from "./style.ts";

/** Of files that need no action a few are named and the rest is counted; `--json` has them all. */
const NAMES_SHOWN_MAX = 4;

/** Whether anything is written or waits for a decision. */
export function isChange({ kind }: Change): boolean {
  return kind !== "keep";
}

/** One line per change with what was kept of the user's, then what stays as it is although the generator has it otherwise. */
export function fileLines(changes: readonly Change[], style: Style, columns: number): readonly string[] {
  const listed = changes.filter(isChange);
  const folds = foldsOf(listed);
  const lines = listed.flatMap((change) => {
    const fold = folds.get(foldKey(change));
    if (fold === undefined) return changeLines(change, style, columns);
    return fold[0] === change ? [foldLine(fold, style)] : [];
  });
  return [...lines, ...keptLines(changes, style, columns)];
}

/** So many files of one folder that come or go stand in one line: a feature is a change, each of its tests is none. */
const FOLD_FILES_MIN = 4;

/** Only files that come or go without anything to say about them. */
function foldsOf(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.reason !== "new" && change.reason !== "dropped") continue;
    groups.set(foldKey(change), [...(groups.get(foldKey(change)) ?? []), change]);
  }
  return new Map([...groups].filter(([key, { length }]) => length >= FOLD_FILES_MIN && !key.endsWith(" ")));
}

/** Files directly in the project are never folded: each has a purpose of its own. */
function foldKey({ kind, reason, path }: Change): string {
  return `${kind} ${reason} ${path.slice(0, path.lastIndexOf("/") + 1)}`;
}

function foldLine(fold: readonly Change[], style: Style): string {
  const { kind = "create", path = "" } = fold[0] ?? {};
  const note = kind === "delete" ? ", no longer needed" : "";
  return `  ${kind.padEnd(8)}  ${path.slice(0, path.lastIndexOf("/") + 1)}  ${style.dim(`${fold.length} files${note}`)}`;
}

function changeLines(change: Change, style: Style, columns: number): readonly string[] {
  const { kind, path, from } = change;
  const name = from === undefined ? path : `${from} ${style.arrow} ${path}`;
  const note = kind === "conflict" ? conflictText(change) : noteOf(change);
  const label = kind === "conflict" ? style.red(kind.padEnd(8)) : kind.padEnd(8);
  const kept = (change.kept ?? []).flatMap((key) => dimLines(keptText(key), NAME_INDENT, style, columns));
  return [...namedLines(`  ${label}  ${name}`, `  ${kind.padEnd(8)}  ${name}`.length, note, style, columns), ...kept];
}

/** "  conflict  " stands before a file's name. */
const NAME_INDENT = 12;

/** A note that does not fit beside the name stands below it. */
function namedLines(named: string, chars: number, note: string, style: Style, columns: number): readonly string[] {
  if (note === "") return [named];
  if (chars + 2 + note.length <= columns) return [`${named}  ${style.dim(note)}`];
  return [named, ...dimLines(note, NAME_INDENT, style, columns)];
}

function dimLines(text: string, indent: number, style: Style, columns: number): readonly string[] {
  return brokenLines(text, indent, columns).map((line) => `${" ".repeat(indent)}${style.dim(line)}`);
}

function keptText({ key, mine, recommended }: KeptKey): string {
  // The word of the merge for a key that one side does not have; a text of this name would stand in quotes.
  const stays = mine === "absent" ? `${key} stays away` : `your ${key} stays: ${oneLine(mine)}`;
  return `${stays}; recommended: ${oneLine(recommended)}`;
}

const notes: Partial<Readonly<Record<ChangeReason, string>>> = {
  mode_differs: "permission to execute",
  restored: "was deleted, wanted back",
  dropped: "no longer needed",
  merged: "your edits and the new version together",
  mine_taken: "yours where both have changed",
  next_taken: "the new version where both have changed",
  marked: "both marked in the file; search for <<<<<<<",
};

function noteOf({ reason, kind, entry }: Change): string {
  if (reason === "set_beside") return kind === "create" || kind === "update" ? "the new version, beside yours" : "";
  const size = kind === "create" && entry !== undefined ? formatBytes(toBytes(entry.content).length) : "";
  return (reason === undefined ? undefined : notes[reason]) ?? size;
}

/** Sentences about files that nothing is written to. */
const keptSentences: Partial<Readonly<Record<ChangeReason, (names: string) => string>>> = {
  dropped_but_edited: (names) => `No longer needed, kept because you edited it: ${names}. Delete it when you are done.`,
  deleted_by_user: (names) => `Deleted by you, stays deleted: ${names}. --restore PATH brings one back.`,
  obstacle: (names) => `A folder, a symlink or a huge file stands in the place of: ${names}.`,
  name_in_other_case: (names) => `There in another case, left alone: ${names}.`,
  not_ours: (names) => `Yours, left alone: ${names}.`,
  mine_taken: (names) => `Kept as you have it: ${names}.`,
  set_beside: (names) => `Still to be decided: ${names}; the new version stands beside it.`,
};

/** Kept files that a person should know of: the generator has a new version of them, or has dropped them. */
export function notableKept(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ kind, reason }) => kind === "keep" && reason !== undefined && reason in keptSentences);
}

function keptLines(changes: readonly Change[], style: Style, columns: number): readonly string[] {
  const kept = notableKept(changes);
  const sentences = Object.entries(keptSentences).flatMap(([reason, sentence]) => {
    const paths = kept.filter((change) => change.reason === reason).map(({ path }) => path);
    return paths.length === 0 ? [] : dimLines(sentence(namesText(paths)), 2, style, columns);
  });
  const keys = changes
    .filter(({ kind }) => kind === "keep")
    .flatMap(({ path, kept: own }) =>
      (own ?? []).flatMap((key) => dimLines(`${path}: ${keptText(key)}`, 2, style, columns)),
    );
  return [...keys, ...sentences];
}

function namesText(paths: readonly string[]): string {
  const rest = paths.length - NAMES_SHOWN_MAX;
  return paths.slice(0, NAMES_SHOWN_MAX).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Values of keys may span lines; what is shown is a hint, not the whole. */
const VALUE_CHARS_MAX = 60;

function oneLine(value: string): string {
  const text = value.replace(/\s+/g, " ").trim();
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX - 3)}...` : text;
}
