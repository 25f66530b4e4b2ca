/** What changed since an earlier report: what is worse first, then what is better; the rest is counted. */
import type { Against, Change, TooFewRuns } from "./against.ts";
import { figureTable } from "./figure-table.ts";
import { ratioText, scaleOf, valueText } from "./figure-text.ts";
import { intervalBar, reachOf } from "./interval-bar.ts";
import { plainText, type TextStyle, type Tint, tinted } from "./text-style.ts";
import { wrappedLines } from "./wrapped-text.ts";

const BAR_COLUMNS = 15;
/** More rows than this are a flood; the JSON files hold them all. */
const LEFT_OUT_MAX = 8;

/** What is said, and not in passing, when no figure of the two reports could be compared. */
const NOTHING_COMPARED =
  "Nothing was compared: no figure is in both reports under the same load, without errors and with enough runs. " +
  "Measure both with the same benches and sizes.";

export function againstText({ changes, left_out, too_few_runs }: Against, style: TextStyle): string {
  const of = (verdict: Change["verdict"]) => changes.filter((change) => change.verdict === verdict);
  const [worse, better, same] = [of("worse"), of("better"), of("no difference shown")];
  const lines = [
    ...sectionLines("Worse than before", worse, "red", style),
    ...sectionLines("Better than before", better, "green", style),
    ...wrappedLines(
      changes.length === 0 ? NOTHING_COMPARED : summaryText(worse.length, better.length, same.length),
      style.columns,
    ),
    ...too_few_runs.flatMap((few) => wrappedLines(fewText(few), style.columns, "  ", "")),
    ...leftOutLines(left_out, style),
  ];
  return `${plainText(style, lines.join("\n"))}\n`;
}

function summaryText(worse: number, better: number, same: number): string {
  return `${worse} figures worse, ${better} better, ${same} with no difference shown. A figure counts as changed only when its whole interval, 95 %, lies on one side of 1 and the number of its bench's figures does not explain it as chance; more --runs show smaller changes.`;
}

function fewText({ bench, figures, runs }: TooFewRuns): string {
  const next = runs === null ? "measure both anew with more --runs" : `use --runs ${runs}`;
  return `${bench}: with these runs no single figure of the ${figures} can be shown, however much it changed; ${next}.`;
}

function sectionLines(title: string, changes: readonly Change[], tint: Tint, style: TextStyle): readonly string[] {
  if (changes.length === 0) return [];
  const reach = reachOf(changes);
  const label = (change: Change) => `    ${figureTable[change.figure].label}`;
  const columns = Math.max(...changes.map((change) => label(change).length));
  const values = changes.map(valuesText);
  const valueColumns = Math.max(...values.map((text) => [...text].length));
  const withBar = style.columns >= columns + valueColumns + RATIO_COLUMNS + BAR_COLUMNS + 6;
  let last = "";
  const rows = changes.flatMap((change, place) => {
    const cells = [
      label(change).padEnd(columns),
      (values[place] ?? "").padStart(valueColumns),
      tinted(style, tint, rangeText(change).padStart(RATIO_COLUMNS)),
      ...(withBar ? [intervalBar(change, reach, BAR_COLUMNS, style.unicode)] : []),
    ];
    const heading =
      last === change.case_id ? [] : wrappedLines(`${change.title} (${change.case_id})`, style.columns, "  ");
    last = change.case_id;
    return [...heading, cells.join("  ")];
  });
  return [tinted(style, "bold", title), ...rows, ""];
}

const RATIO_COLUMNS = "12.3 (12.3 to 12.3)".length + 4;

function rangeText({ ratio, low, high }: Change): string {
  return `${ratioText(ratio)} (${ratioText(low)} to ${ratioText(high)})`;
}

function valuesText({ figure, before, now }: Change): string {
  const scale = scaleOf(figure, [before, now]);
  const [was, is] = [before, now].map((value) => valueText(figure, value, scale));
  return `${was} to ${is}`;
}

function leftOutLines(leftOut: readonly string[], style: TextStyle): readonly string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length - LEFT_OUT_MAX;
  return [
    "",
    "Not compared:",
    ...leftOut.slice(0, LEFT_OUT_MAX).flatMap((text) => wrappedLines(text, style.columns, "    ", "  ")),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
