/** Promises beside what was measured: a row each, and below it where the figure comes from and what was scaled. */
import type { TargetRow } from "./document.ts";
import { ratioText, type Scale, scaleOf, valueText } from "./figure-text.ts";
import { type TextStyle, type Tint, tinted } from "./text-style.ts";
import { wrappedLines } from "./wrapped-text.ts";

export const verdictMarks = {
  met: "✓",
  missed: "✗",
  "not measured": "–",
  "not shown": "?",
} as const satisfies Readonly<Record<TargetRow["verdict"], string>>;

const tints: Readonly<Record<TargetRow["verdict"], Tint>> = {
  met: "green",
  missed: "red",
  "not measured": "dim",
  "not shown": "yellow",
};

export function targetLines(targets: readonly TargetRow[], style: TextStyle): readonly string[] {
  const rows = targets.map((row) => [boundText(row), measuredText(row)]);
  const widths = [0, 1].map((place) => Math.max("measured".length, ...rows.map((row) => row[place]?.length ?? 0)));
  const [boundColumns = 0, measuredColumns = 0] = widths;
  // Beside the title: both figures, the ratio of up to five characters, the longest verdict with its mark, and four gaps.
  const titleColumns = style.columns - 2 - boundColumns - measuredColumns - 5 - "– not measured".length - 8;
  const head = ["", "target", "measured", "ratio"] as const;
  const cells = (title: string, bound: string, measured: string, ratio: string) =>
    `  ${title.padEnd(titleColumns)}  ${bound.padStart(boundColumns)}  ${measured.padStart(measuredColumns)}  ${ratio.padStart(5)}`;
  return [
    tinted(style, "dim", cells(...head)),
    ...targets.flatMap((target, place) => {
      const [first = "", ...more] = wrappedLines(target.title, titleColumns);
      const [bound = "", measured = ""] = rows[place] ?? [];
      const ratio = target.ratio === null ? "" : ratioText(target.ratio);
      const verdict = tinted(style, tints[target.verdict], `${verdictMarks[target.verdict]} ${target.verdict}`);
      const why = [target.how, ...(target.scaled === null ? [] : [`scaled: ${target.scaled}`])].join("; ");
      return [
        `${cells(first, bound, measured, ratio)}  ${verdict}`,
        ...more.map((text) => `  ${text}`),
        ...wrappedLines(why, style.columns, "      ").map((line) => tinted(style, "dim", line)),
      ];
    }),
  ];
}

/** "≥ 100,000 /s". */
export function boundText(row: TargetRow): string {
  return `${row.at === "least" ? "≥" : "≤"} ${valueText(row.figure, row.target, sharedScale(row))}`;
}

export function measuredText(row: TargetRow): string {
  return row.measured === null ? "" : valueText(row.figure, row.measured, sharedScale(row));
}

/** Both in one unit, so that they can be compared by eye. */
function sharedScale({ figure, target, measured }: TargetRow): Scale {
  return scaleOf(figure, measured === null ? [target] : [target, measured]);
}
