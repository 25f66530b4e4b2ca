/**
 * Lists of patterns, one a line: .gitignore, .dockerignore, .gitattributes. Where both sides changed the same place, the
 * result has the lines of both; a line that the generator dropped goes unless the user changed it. Only where one side
 * takes back with "!" what the other one lists does the order of the two need a person.
 */

import { wholeFileClash, withoutClash } from "../merge-result.ts";
import type { KeptKey, Merged, Versions } from "../merged.ts";
import { mergeLines } from "./merge-lines.ts";
import { type Clashing, isTooAlike, type Lines, piecesOf } from "./merge-pieces.ts";
import { overruledPattern } from "./overruled-pattern.ts";
import { asLinesText, endsOpen, linesOf } from "./text-lines.ts";

export function mergeIgnore(path: string, versions: Versions): Merged {
  const mine = linesOf(versions.local);
  const next = linesOf(versions.next);
  const base = versions.base === undefined ? undefined : linesOf(versions.base);
  if (isTooAlike(mine, next) || isTooAlike(mine, base ?? [])) return mergeLines(path, versions);
  const kept: KeptKey[] = [];
  const whole: Whole = { base: base ?? [], mine, next, subject: subjectOf(path), kept };
  // Without a base nothing says where our lines belong in the user's order.
  const pieces =
    base === undefined ? [{ kind: "clashing", base: [], mine, next } as const] : piecesOf(base, mine, next);
  const lines = pieces.flatMap((piece) => (piece.kind === "settled" ? piece.lines : unionOf(piece, whole)));
  const overruled = overruledPattern(base ?? [], mine, lines);
  if (overruled !== undefined) {
    return wholeFileClash(path, versions, `"${overruled.later}" would overrule your "${overruled.earlier}"`);
  }
  const text = asLinesText(lines);
  return withoutClash(endsOpen(versions.local) ? text.replace(/\n$/, "") : text, kept);
}

interface Whole {
  readonly base: Lines;
  readonly mine: Lines;
  readonly next: Lines;
  /** What a line is about: two lines about the same thing exclude each other. */
  subject(line: string): string;
  /** Takes what the user has about the same thing. */
  readonly kept: KeptKey[];
}

function unionOf(piece: Pick<Clashing, "base" | "mine" | "next">, whole: Whole): Lines {
  const { subject, kept } = whole;
  const dropped = new Set(whole.base.filter((line) => isPattern(line) && !whole.next.includes(line)));
  const known = new Set(piece.base);
  const present = new Map(whole.mine.filter((line) => !dropped.has(line)).map((line) => [subject(line), line]));
  const isNew = (line: string): boolean => {
    const mine = known.has(line) ? line : present.get(subject(line));
    if (mine !== undefined && mine !== line) kept.push({ key: subject(line), mine, recommended: line });
    return mine === undefined;
  };
  const left = piece.mine.filter((line) => !dropped.has(line));
  // The last match wins: a pattern of ours behind the user's exceptions would undo them.
  if (!left.some((line) => line.startsWith("!") && !known.has(line))) {
    return [...left, ...additions(piece.next, left, isNew)];
  }
  const ours = additions(piece.next, [], isNew);
  return ours.length === 0 || left[0]?.trim() === "" ? [...ours, ...left] : [...ours, "", ...left];
}

/** The new patterns, each with the comments and the gap above it. */
function additions(lines: Lines, after: Lines, isNew: (line: string) => boolean): Lines {
  const result: string[] = [];
  let comments: string[] = [];
  let gap = false;
  for (const line of lines) {
    if (line.trim() === "") {
      comments = [];
      gap = true;
    } else if (!isPattern(line)) comments.push(line);
    else {
      if (isNew(line)) {
        const last = result.at(-1) ?? after.at(-1);
        const opensBlock = gap || (comments.length > 0 && result.length === 0);
        if (opensBlock && last !== undefined && last !== "") result.push("");
        result.push(...comments, line);
        gap = false;
      }
      comments = [];
    }
  }
  return result;
}

function isPattern(line: string): boolean {
  return line.trim() !== "" && !line.startsWith("#");
}

/** In .gitattributes the pattern of a line: "*.ts" of "*.ts text eol=lf". */
function subjectOf(path: string): (line: string) => string {
  if (!path.endsWith(".gitattributes")) return (line) => line.trimEnd();
  return (line) => /^(?:"(?:[^"\\]|\\.)*"|\S+)/.exec(line)?.[0] ?? line;
}
