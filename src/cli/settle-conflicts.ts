/**
 * Files that the user and the generator have both changed: decided by the flag, or one by one by the person at the
 * terminal. Without either they stay conflicts, and a plan with a conflict is never written.
 */
import { type Cancelled, cancelled } from "../answers/cancelled.ts";
import type { Option } from "../answers/prompts.ts";
import { AppError, type Problem } from "../lib/errors.ts";
import type { Change, Way } from "../write/changes/change.ts";
import { type Resolution, resolveConflicts } from "../write/changes/resolve-conflicts.ts";
import { textHashOf, toBytes } from "../write/disk/file-text.ts";
import type { Session } from "./command.ts";
import { patchText } from "./present/present-patch.ts";

/** The changes with the decisions of `--on-conflict`; others stay as they are. */
export function settledByFlag(changes: readonly Change[], onConflict: string | undefined): readonly Change[] {
  const way = ways.find((one) => one === onConflict);
  return way === undefined ? changes : resolveConflicts(changes, () => way);
}

/** Asks for each conflict that is left. */
export async function settledByPerson(
  changes: readonly Change[],
  directory: string,
  { terminal }: Session,
): Promise<readonly Change[] | Cancelled> {
  const decided = new Map<string, Resolution>();
  const open = changes.filter(({ kind, ways: possible }) => kind === "conflict" && possible !== undefined);
  for (const [index, change] of open.entries()) {
    const place = `${change.path} (${index + 1} of ${open.length})`;
    const decision = await decide(change, place, open.slice(index + 1), directory, terminal);
    if (decision === cancelled) return cancelled;
    for (const { path } of decision.isForAll ? open.slice(index) : [change]) decided.set(path, decision.way);
    if (decision.isForAll) break;
  }
  return resolveConflicts(changes, ({ path }) => decided.get(path) ?? "undecided");
}

interface ForFile {
  readonly way: Way;
  /** Also for the files that are left. */
  readonly isForAll: boolean;
}

async function decide(
  change: Change,
  place: string,
  left: readonly Change[],
  directory: string,
  terminal: Session["terminal"],
): Promise<ForFile | Cancelled> {
  // The prompts are loaded only when they are shown.
  const { askOne } = await import("../answers/prompts.ts");
  for (;;) {
    const answer = await askOne(`${place}: ${conflictText(change)}`, optionsFor(change, left), undefined);
    if (answer === cancelled || answer === "cancel") return cancelled;
    const name = answer.replace(/^all:/, "");
    const way = ways.find((one) => one === name);
    if (way !== undefined) return { way, isForAll: name !== answer };
    terminal.say(patchText(newVersion(change), directory, terminal.style));
  }
}

const ways = ["mine", "theirs", "sidecar", "markers"] as const satisfies readonly Way[];

const labels: Readonly<Record<Way, string>> = {
  mine: "Keep mine",
  theirs: "Take the new one",
  sidecar: "Put the new one beside it",
  markers: "Mark both in the file",
};

/** What each decision does: to the places that both have changed where the rest can be merged, else to the whole file. */
function hintOf(way: Way, change: Change): string {
  if (way === "sidecar") return "decide later";
  if (way === "markers") return "as git does; no program parses this one";
  const decided = change.ways?.[way]?.find(({ path }) => path === change.path);
  if (way === "mine") {
    return decided?.kind === "keep" ? "the file stays as it is" : "where both have changed; the rest is merged";
  }
  return `${isAsGenerated(change, decided) ? "the whole file" : "where both have changed"}; undo brings yours back`;
}

/** Nothing of the person's is left in the file. */
function isAsGenerated({ entry: generated }: Change, decided: Change | undefined): boolean {
  if (generated === undefined || decided?.entry === undefined) return false;
  return textHashOf(toBytes(decided.entry.content)) === textHashOf(toBytes(generated.content));
}

function optionsFor(change: Change, left: readonly Change[]): readonly Option[] {
  const { ways: possible = {} } = change;
  const forAll = (way: Way, label: string): Option[] =>
    left.length > 0 && possible[way] !== undefined && left.every((other) => other.ways?.[way] !== undefined)
      ? [{ value: `all:${way}`, label, hint: `this and ${left.length} more` }]
      : [];
  return [
    ...ways
      .filter((way) => possible[way] !== undefined)
      .map((way) => ({ value: way, label: labels[way], hint: hintOf(way, change) })),
    { value: "diff", label: "Show the difference" },
    ...forAll("mine", "Keep mine in all"),
    ...forAll("theirs", "Take the new one in all"),
    { value: "cancel", label: "Cancel", hint: "nothing is written" },
  ];
}

/** What taking the new version would do to the file. */
function newVersion(change: Change): Change {
  return change.ways?.theirs?.find(({ path }) => path === change.path) ?? { ...change, kind: "update" };
}

/** What is undecided, in a clause. */
export function conflictText({ reason, clashes = [] }: Change): string {
  if (reason === "both_added") return "you and the new version both added it";
  if (reason === "obstacle") return "a folder, a symlink or a huge file stands in its place";
  if (reason === "name_in_other_case") return "a file of this name in another case stands there";
  const where = clashes.map((clash) => clash.where).join("; ");
  return `you and the new version both changed ${where === "" ? "it" : where}`;
}

/** @throws AppError FILES_CONFLICT, once for each conflict that is left */
export function refuseConflicts(changes: readonly Change[], onConflict: string | undefined): void {
  const problems = changes
    .filter(({ kind }) => kind === "conflict")
    .map((change) => conflictProblem(change, onConflict));
  if (problems.length > 0) throw new AppError(problems);
}

function conflictProblem(change: Change, onConflict: string | undefined): Problem {
  const { path, ways: possible = {} } = change;
  const choices = ways.filter((way) => possible[way] !== undefined && way !== onConflict);
  const refused =
    onConflict === undefined || onConflict === "fail"
      ? ""
      : ` --on-conflict ${onConflict} cannot settle it${onConflict === "markers" ? ", for a program parses the file" : ""}.`;
  return {
    code: "FILES_CONFLICT",
    key: path,
    message: `${path}: ${conflictText(change)}.${refused}`,
    next: nextOf(path, choices),
  };
}

function nextOf(path: string, choices: readonly Way[]): string {
  if (choices.length === 0) return `Move ${path} away, then run the command again; no file of yours is overwritten.`;
  const decide = `Decide on a terminal, or with --on-conflict ${choices.join("|")}`;
  // What is no file can only stay, or be moved away to make room.
  return choices.includes("theirs")
    ? `${decide}; diff --patch --on-conflict theirs with the same flags shows the new version.`
    : `${decide}; to get the new version, move ${path} away first.`;
}
