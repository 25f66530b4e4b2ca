/** A soak's report for the terminal. */
import { resampled, sparkline } from "../report/sparkline.ts";
import { tableText } from "../report/table.ts";
import { plainText, type TextStyle, type Tint, tinted } from "../report/text-style.ts";
import { wrappedLines } from "../report/wrapped-text.ts";
import { countTable } from "./counts.ts";
import { soakFigures } from "./figures.ts";
import { slopeText, timeText, valueText } from "./growth-text.ts";
import type { Growth } from "./judge.ts";
import type { GrowthDocument, SoakReport, SoakVerdict } from "./soak-report.ts";

const SPARK_COLUMNS = 16;
const INDENT = "  ";
const verdictTints: Readonly<Record<SoakVerdict, Tint>> = {
  passed: "green",
  failed: "red",
  "too short to judge": "yellow",
};

export function soakText(report: SoakReport, style: TextStyle): string {
  const paragraph = (text: string) => wrappedLines(text, style.columns, INDENT).join("\n");
  const lines = [
    ...head(report, style),
    ...(["steady", "rolling"] as const).flatMap((phase) => phaseLines(report, phase, style)),
    ...countLines(report),
    ...listed("Notes", [...report.notes, ...report.context.notes], paragraph),
    ...listed("The first faults", report.faults, paragraph),
    ...listed("Findings", report.findings, paragraph),
    "",
    tinted(style, verdictTints[report.verdict], verdictText(report)),
  ];
  return `${plainText(style, lines.join("\n"))}\n`;
}

function head(
  { context, seconds, clients, seed, interrupted, paths }: SoakReport,
  style: TextStyle,
): readonly string[] {
  return [
    tinted(
      style,
      "bold",
      `Soak of ${context.runtime}, adapter ${context.adapter}${interrupted ? ", ended early" : ""}`,
    ),
    `${INDENT}${timeText(seconds)}, ${clients} clients, seed ${seed} (--seed ${seed} repeats their choices)`,
    ...wrappedLines(`routes: ${paths.join(" ")}`, style.columns, INDENT),
  ];
}

const phaseTitles = {
  steady: "While the workers stay (finds what requests leave behind)",
  rolling: "While workers are replaced (finds what a replaced worker leaves behind)",
} as const;

function phaseLines(report: SoakReport, phase: Growth["phase"], style: TextStyle): readonly string[] {
  const rows = report.growth.filter((row) => row.phase === phase && row.verdict !== "not known");
  if (rows.length === 0) return [];
  const unknown = report.growth.filter((row) => row.phase === phase && row.verdict === "not known");
  const names = unknown.map(({ figure, moment }) => `${soakFigures[figure].label} (${moment})`);
  const cells = rows.map((row) => [
    soakFigures[row.figure].label,
    row.moment,
    row.blocks === 0 ? "" : valueText(row, row.level),
    slopeText(growthOf(row)),
    valueText(row, row.growth, true),
    row.blocks === 0 ? "" : valueText(row, row.growth_let_pass),
    sparkline(curveOf(pointsOf(report, row)), style.unicode),
    row.verdict,
  ]);
  return [
    "",
    tinted(style, "bold", phaseTitles[phase]),
    tableText([["", "at", "level", "slope (interval)", "grew by", "let pass", "blocks", ""], ...cells], INDENT),
    ...(names.length === 0 ? [] : [`${INDENT}not known here: ${names.join(", ")}`]),
  ];
}

function growthOf(row: GrowthDocument): Growth {
  const { slope_per_hour: slope, low_per_hour: low, high_per_hour: high, growth_let_pass: growthLeast } = row;
  return { ...row, slope, low, high, growthLeast };
}

/** Of the whole phase, warm-up included: a curve tells more than its end. */
function pointsOf({ blocks }: SoakReport, { figure, phase, moment }: GrowthDocument): readonly [number, number][] {
  return blocks
    .filter((block) => block.phase === phase && block.moment === moment)
    .map(({ seconds, values }) => [seconds, values[figure] ?? Number.NaN]);
}

/** Fewer blocks than columns stand side by side, without gaps. */
function curveOf(points: readonly (readonly [number, number])[]): readonly number[] {
  return points.length <= SPARK_COLUMNS ? points.map(([, value]) => value) : resampled(points, SPARK_COLUMNS);
}

function countLines({ counts }: SoakReport): readonly string[] {
  const rows = Object.entries(countTable)
    .map(([name, { text }]) => [counts[name as keyof typeof counts], text] as const)
    .filter(([count]) => count > 0);
  return ["", ...rows.map(([count, text]) => `${INDENT}${String(count).padStart(9)} ${text}`)];
}

function listed(title: string, items: readonly string[], paragraph: (text: string) => string): readonly string[] {
  return items.length === 0 ? [] : ["", title, ...items.map(paragraph)];
}

function verdictText({ verdict, seconds, interrupted, growth }: SoakReport): string {
  if (verdict === "failed") return "FAILED";
  if (verdict === "too short to judge")
    return "TOO SHORT TO JUDGE: nothing was found, and nothing is shown. Run it longer.";
  const judged = Math.max(...growth.map((row) => row.seconds));
  const word = interrupted ? "Ended early; " : "PASSED: ";
  const settling = growth.filter((row) => row.verdict === "settling").length;
  if (settling > 0) {
    const figures = settling === 1 ? "1 figure was" : `${settling} figures were`;
    return `${word}no growth that goes on; ${figures} still settling: soak longer.`;
  }
  return `${word}no growth beyond noise in the ${timeText(judged)} that were judged of ${timeText(seconds)}.`;
}
