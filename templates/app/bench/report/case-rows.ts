/** The cases of a bench as one table: a row a case, below it what went wrong, below all what is missing and why. */
import { caseColumns, isSpread, widthOf } from "./case-columns.ts";
import type { CaseDocument } from "./document.ts";
import { type FigureName, figureTable } from "./figure-table.ts";
import { limitNotes } from "./meaning.ts";
import { type TextStyle, tinted } from "./text-style.ts";
import { wrappedLines } from "./wrapped-text.ts";

/** A title may take so much of a line; a longer one wraps. */
const TITLE_SHARE = 0.3;
const INDENT = "  ";

export function caseLines(cases: readonly CaseDocument[], style: TextStyle): readonly string[] {
  const longest = Math.max(...cases.map(({ title }) => [...title].length));
  const titleColumns = Math.min(longest, Math.floor(style.columns * TITLE_SHARE));
  const columns = caseColumns(cases, style.columns - INDENT.length - titleColumns, style.unicode);
  const line = (title: string, cells: readonly string[]) =>
    [
      INDENT + title.padEnd(titleColumns),
      ...columns.map((column, place) => {
        const cell = cells[place] ?? "";
        const gap = isSpread(column) ? " " : "  ";
        const width = widthOf(column);
        return gap + (isSpread(column) ? cell.padEnd(width) : cell.padStart(width));
      }),
    ]
      .join("")
      .trimEnd();
  const heads = [columns.map(({ head }) => head), columns.map(({ unit }) => unit)];
  const rows = cases.flatMap((one, row) => {
    const [first = "", ...more] = wrappedLines(one.title, titleColumns);
    const cells = columns.map(({ cells }) => cells[row] ?? "");
    return [line(first, cells), ...more.map((text) => INDENT + text), ...errorLines(one, style)];
  });
  return [
    ...heads.map((cells) => tinted(style, "dim", line("", cells))).filter((text) => text.trim() !== ""),
    ...rows,
    ...footLines(cases, style),
  ];
}

function errorLines({ errors }: CaseDocument, style: TextStyle): readonly string[] {
  const kinds = Object.entries(errors).filter(([, count]) => count > 0);
  if (kinds.length === 0) return [];
  const sum = kinds.reduce((total, [, count]) => total + count, 0);
  const list = kinds.map(([kind, count]) => `${kind} ${count}`).join(", ");
  const text = `! ${sum} errors (${list}): the figures above are not to be trusted`;
  return wrappedLines(text, style.columns, "      ", "    ").map((line) => tinted(style, "red", line));
}

function footLines(cases: readonly CaseDocument[], style: TextStyle): readonly string[] {
  const texts = [...limitNotes(cases), ...missingTexts(cases)];
  return texts
    .flatMap((text) => wrappedLines(text, style.columns, "    ", INDENT))
    .map((line) => tinted(style, "dim", line));
}

/** Figures that are missing for the same reason are told together. */
export function missingTexts(cases: readonly CaseDocument[]): readonly string[] {
  const labelsByReason = new Map<string, Set<string>>();
  for (const { missing } of cases) {
    for (const [name, reason] of Object.entries(missing)) {
      const labels = labelsByReason.get(reason) ?? new Set();
      labels.add(figureTable[name as FigureName].label);
      labelsByReason.set(reason, labels);
    }
  }
  return [...labelsByReason].map(([reason, labels]) => `not measured: ${[...labels].join(", ")}: ${reason}`);
}
