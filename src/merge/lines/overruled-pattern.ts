/**
 * In a list of ignored files the last pattern that fits a file decides, and "!" takes a file back. So a pattern of the
 * generator's below one of the user's can ignore what they took back, or take back what they ignored, such as a secret.
 * @see https://git-scm.com/docs/gitignore
 */
import type { Lines } from "./merge-pieces.ts";

export interface Overruled {
  /** The user's. */
  readonly earlier: string;
  /** The generator's. */
  readonly later: string;
}

/** The first new pattern of the generator's in `merged` that may undo one above it which the user added. */
export function overruledPattern(base: Lines, mine: Lines, merged: Lines): Overruled | undefined {
  const before = new Set(base);
  const users = new Set(mine);
  const added: string[] = [];
  for (const line of merged) {
    if (line.trim() === "" || line.startsWith("#") || before.has(line)) continue;
    if (users.has(line)) added.push(line);
    else {
      const earlier = added.find((pattern) => isTakenBack(pattern) !== isTakenBack(line) && mayMeet(pattern, line));
      if (earlier !== undefined) return { earlier, later: line };
    }
  }
  return undefined;
}

function isTakenBack(pattern: string): boolean {
  return pattern.startsWith("!");
}

/** Whether one file may fit both: never denied when one does, for the parts with signs of a pattern count as anything. */
function mayMeet(one: string, other: string): boolean {
  const names = stepsOf(one);
  const others = stepsOf(other);
  // A pattern for a folder is one for all that is in it, and a pattern without a folder fits in any folder.
  return names.some((name) => others.some((step) => stepsMeet(name, step)));
}

function stepsOf(pattern: string): readonly string[] {
  return pattern
    .replace(/^!/, "")
    .trim()
    .split("/")
    .filter((step) => step !== "");
}

/** By what stands before the first and after the last sign of a pattern. */
function stepsMeet(one: string, other: string): boolean {
  const [start, end] = fixedEnds(one);
  const [otherStart, otherEnd] = fixedEnds(other);
  if (start === undefined && otherStart === undefined) return one === other;
  const fits = (name: string, from = "", to = ""): boolean => name.startsWith(from) && name.endsWith(to);
  if (start === undefined) return fits(one, otherStart, otherEnd);
  if (otherStart === undefined) return fits(other, start, end);
  const startsMeet = start.startsWith(otherStart) || otherStart.startsWith(start);
  return startsMeet && ((end ?? "").endsWith(otherEnd ?? "") || (otherEnd ?? "").endsWith(end ?? ""));
}

/** Nothing for a name without signs. */
function fixedEnds(step: string): readonly [start?: string, end?: string] {
  const signs = /^([^*?[\\]*)[*?[\\].*?([^*?\]\\]*)$/.exec(step);
  return signs === null ? [] : [signs[1] ?? "", signs[2] ?? ""];
}
