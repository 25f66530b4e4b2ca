/** A report for people at a terminal: circumstances, the cases of each bench, comparisons, targets, and what it all means. */
import { caseLines } from "./case-rows.ts";
import { comparisonLines } from "./comparison-rows.ts";
import { contextRows } from "./context-text.ts";
import type { BenchDocument, BenchReport, CaseDocument } from "./document.ts";
import { meaningTexts } from "./meaning.ts";
import { targetLines } from "./target-rows.ts";
import { plainText, type TextStyle, tinted } from "./text-style.ts";
import { wrappedLines } from "./wrapped-text.ts";

/** @returns the text with its last line feed */
export function reportText(report: BenchReport, style: TextStyle): string {
  const lines = [
    ...headLines(report, style),
    ...report.benches.flatMap((bench) => ["", ...benchLines(bench, style)]),
    ...(report.targets.length === 0 ? [] : ["", headline("Targets", "", style), ...targetLines(report.targets, style)]),
    "",
    ...meaningTexts(report).flatMap((text) => wrappedLines(text, style.columns)),
  ];
  return `${plainText(style, lines.join("\n"))}\n`;
}

function headLines(report: BenchReport, style: TextStyle): readonly string[] {
  const rows = contextRows(report);
  const columns = Math.max(...rows.map(([name]) => name.length)) + 2;
  const indent = " ".repeat(columns);
  return [
    ...rows.flatMap(([name, text]) =>
      wrappedLines(text, style.columns, indent, name.padEnd(columns)).map((line, place) =>
        place === 0 ? tinted(style, "dim", name.padEnd(columns)) + line.slice(columns) : line,
      ),
    ),
    ...report.context.notes.flatMap((note) =>
      wrappedLines(`! ${note}`, style.columns, "  ", "").map((line) => tinted(style, "yellow", line)),
    ),
    ...(report.interrupted ? ["Ended early: what follows is what was measured until then."] : []),
  ];
}

function benchLines(bench: BenchDocument, style: TextStyle): readonly string[] {
  const head = headline(bench.title, bench.name, style);
  const notes = bench.notes.flatMap((note) => wrappedLines(note, style.columns, "  "));
  if (bench.refused !== null)
    return [head, ...wrappedLines(`did not run: ${bench.refused}`, style.columns, "  "), ...notes];
  const load = loadText(bench.cases);
  return [
    head,
    ...(load === "" ? [] : wrappedLines(load, style.columns, "  ").map((line) => tinted(style, "dim", line))),
    ...(bench.cases.length === 0 ? ["  nothing was measured"] : caseLines(bench.cases, style)),
    ...(bench.comparisons.length === 0 ? [] : comparisonLines(bench, style)),
    ...notes,
  ];
}

/** A title over a rule, with the name to ask for it again at the right. */
function headline(title: string, name: string, style: TextStyle): string {
  const rule = (style.unicode ? "─" : "-").repeat(Math.max(2, style.columns - [...title].length - name.length - 2));
  return [tinted(style, "bold", title), tinted(style, "dim", rule), ...(name === "" ? [] : [name])].join(" ");
}

/** What the cases' loads have in common; where they differ, the cases' titles say so. */
export function loadText(cases: readonly CaseDocument[]): string {
  const loads = cases.flatMap(({ load }) => (load === null || load.model === "none" ? [] : [load]));
  const same = <Value>(values: readonly Value[]): Value | undefined =>
    new Set(values).size === 1 ? values[0] : undefined;
  const connections = same(loads.map((load) => load.connections));
  const generator = same(loads.map((load) => load.generator));
  const seconds = same(loads.map((load) => load.seconds));
  const warmup = same(loads.map((load) => load.warmup_seconds));
  const runs = same(cases.flatMap(({ figures }) => Object.values(figures).map((estimate) => estimate.runs.length)));
  const parts = [
    ...(connections === undefined ? [] : [`${connections} connections`]),
    ...(generator === undefined ? [] : [`${generator} generator`]),
    ...(seconds === undefined ? [] : [secondsText(seconds, warmup)]),
    ...(runs === undefined ? [] : [runs === 1 ? "1 run, so no interval" : `median of ${runs} runs`]),
  ];
  return parts.join(", ");
}

function secondsText(seconds: number, warmup: number | undefined): string {
  if (seconds === 0) return "as long as the work takes";
  return `${seconds} s${warmup === undefined ? "" : ` after ${warmup} s`}`;
}
