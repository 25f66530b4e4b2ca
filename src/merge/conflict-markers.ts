/**
 * Conflict markers as git writes them in its diff3 style, which editors know. Only documents get them: a server, a
 * container builder or a package manager would fail on them, or take them for content.
 */
import { AppError } from "../lib/errors.ts";
import { asLinesText, linesOf } from "./lines/text-lines.ts";
import type { Clash } from "./merged.ts";
import { takesMarkers } from "./strategy.ts";

const MINE = "<<<<<<< mine";
const BASE = "||||||| as generated last time";
const BETWEEN = "=======";
const NEXT = ">>>>>>> as generated now";

/** The clash between markers; the part of the base is left out where there is none. */
export function markedClash({ base, mine, next }: Clash): string {
  const middle = base === "" ? [] : [BASE, ...linesOf(base)];
  return asLinesText([MINE, ...linesOf(mine), ...middle, BETWEEN, ...linesOf(next), NEXT]);
}

/** @throws AppError MARKERS_REFUSED when a program parses the file */
export function checkMarkers(path: string): void {
  if (takesMarkers(path)) return;
  throw new AppError({
    code: "MARKERS_REFUSED",
    key: path,
    message: `${path} takes no conflict markers: a program reads it.`,
    next: "Choose --on-conflict=mine, theirs or sidecar for this file.",
  });
}
