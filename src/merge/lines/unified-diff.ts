/**
 * The difference of two texts in git's unified format, so that `git apply` and review tools take it. Its header has no
 * hashes of blobs, which `git apply` needs for binary files and three-way application only.
 */
import { type EditRun, editRuns } from "./edit-runs.ts";

/** Paths in the project. They differ for a file that moves. */
export interface DiffNames {
  readonly from: string;
  readonly to: string;
  /** The permission to execute, where it changes or the file is new or goes; absent: 0o644. */
  readonly fromMode?: FileMode;
  readonly toMode?: FileMode;
}

type FileMode = 0o644 | 0o755;

/** Equal lines around a change, as git shows them. */
const CONTEXT_LINES = 3;

/** undefined: the file is not there on that side. The empty text when nothing differs. Line endings are taken as they are. */
export function unifiedDiff(from: string | undefined, to: string | undefined, names: DiffNames): string {
  const header = headerLines(from, to, names);
  const hunks = from === to ? [] : hunkLines(linesOf(from ?? ""), linesOf(to ?? ""));
  if (hunks.length === 0) return header.length > 1 ? asText(header) : "";
  const before = from === undefined ? "/dev/null" : quoted(`a/${names.from}`);
  const after = to === undefined ? "/dev/null" : quoted(`b/${names.to}`);
  return asText([...header, `--- ${ended(before)}`, `+++ ${ended(after)}`, ...hunks]);
}

function headerLines(from: string | undefined, to: string | undefined, names: DiffNames): readonly string[] {
  const fromMode = gitMode(names.fromMode);
  const toMode = gitMode(names.toMode);
  const lines = [`diff --git ${quoted(`a/${names.from}`)} ${quoted(`b/${names.to}`)}`];
  if (from === undefined && to === undefined) return lines;
  if (from === undefined) return [...lines, `new file mode ${toMode}`];
  if (to === undefined) return [...lines, `deleted file mode ${fromMode}`];
  if (fromMode !== toMode) lines.push(`old mode ${fromMode}`, `new mode ${toMode}`);
  if (names.from !== names.to) lines.push(`rename from ${quoted(names.from)}`, `rename to ${quoted(names.to)}`);
  return lines;
}

function gitMode(mode: FileMode | undefined): string {
  return mode === 0o755 ? "100755" : "100644";
}

function hunkLines(before: readonly string[], after: readonly string[]): readonly string[] {
  return hunksOf(editRuns(before, after)).flatMap((runs) => hunk(before, after, runs));
}

/** Changes whose contexts meet stand in one hunk. */
function hunksOf(runs: readonly EditRun[]): readonly (readonly EditRun[])[] {
  const hunks: EditRun[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const run of runs) {
    if (run.from - end > 2 * CONTEXT_LINES) hunks.push([run]);
    else hunks.at(-1)?.push(run);
    end = run.from + run.count;
  }
  return hunks;
}

function hunk(before: readonly string[], after: readonly string[], runs: readonly EditRun[]): readonly string[] {
  const first = runs[0];
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return [];
  const start = Math.max(0, first.from - CONTEXT_LINES);
  const end = Math.min(before.length, last.from + last.count + CONTEXT_LINES);
  const nextStart = first.nextFrom - (first.from - start);
  const nextEnd = last.nextFrom + last.nextCount + (end - last.from - last.count);
  const lines = [`@@ -${range(start, end)} +${range(nextStart, nextEnd)} @@`];
  let done = start;
  for (const { from, count, nextFrom, nextCount } of runs) {
    lines.push(...marked(" ", before.slice(done, from)), ...marked("-", before.slice(from, from + count)));
    lines.push(...marked("+", after.slice(nextFrom, nextFrom + nextCount)));
    done = from + count;
  }
  return [...lines, ...marked(" ", before.slice(done, end))];
}

/** "3,2": two lines from line 3. An empty range names the line before it. */
function range(start: number, end: number): string {
  const count = end - start;
  if (count === 1) return `${start + 1}`;
  return `${count === 0 ? start : start + 1},${count}`;
}

/** A line without a line feed is followed by git's remark. */
function marked(sign: " " | "-" | "+", lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) =>
    line.endsWith("\n") ? [`${sign}${line.slice(0, -1)}`] : [`${sign}${line}`, "\\ No newline at end of file"],
  );
}

/** The lines with their line feeds, so that a last line without one differs from the same line with one. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Git quotes names with control characters, quotes, backslashes or bytes beyond ASCII, byte by byte. */
function quoted(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be quoted.
  if (!/[\u0000-\u001f"\\\u007f-\uffff]/.test(name)) return name;
  const bytes = [...Buffer.from(name, "utf8")].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${bytes.join("")}"`;
}

/** A name with a blank ends with a tab in these two lines: otherwise what follows the blank counts as a time. */
function ended(name: string): string {
  return name.includes(" ") && !name.startsWith('"') ? `${name}\t` : name;
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
