/** Pairs that took turns, as lines with a bar each: what does not touch the middle differs. */
import { comparisonGroups } from "./comparison-groups.ts";
import type { BenchDocument, ComparisonDocument } from "./document.ts";
import { ratioText } from "./figure-text.ts";
import { intervalBar, reachOf } from "./interval-bar.ts";
import { type TextStyle, type Tint, tinted } from "./text-style.ts";
import { wrappedLines } from "./wrapped-text.ts";

const BAR_COLUMNS_MAX = 41;
const tints: Readonly<Record<ComparisonDocument["verdict"], Tint>> = {
  better: "green",
  worse: "red",
  "no difference shown": "dim",
};

export function comparisonLines(bench: BenchDocument, style: TextStyle): readonly string[] {
  const groups = comparisonGroups(bench);
  const rows = groups.flatMap((group) => group.rows);
  const ratioColumns = Math.max(...rows.map(({ comparison }) => ratioCell(comparison).length));
  const beside = style.columns - INDENT.length - ratioColumns - "no difference shown".length - 4;
  const labelColumns = Math.min(
    Math.max(...rows.map(({ label }) => label.length)),
    Math.floor(style.columns * LABEL_SHARE),
    beside,
  );
  const reach = reachOf(bench.comparisons);
  // What the label, the ratio and the longest verdict leave, with the gap of one more column.
  const room = beside - labelColumns - 2;
  const bar = Math.min(BAR_COLUMNS_MAX, room % 2 === 0 ? room - 1 : room);
  return groups.flatMap((group) => [
    ...wrappedLines(group.title, style.columns, INDENT, "  "),
    ...group.rows.flatMap(({ label, comparison }) => {
      const [first = "", ...more] = wrappedLines(label, labelColumns);
      const cells = [
        INDENT + first.padEnd(labelColumns),
        ratioCell(comparison).padStart(ratioColumns),
        ...(bar >= BAR_COLUMNS_MIN ? [intervalBar(comparison, reach, bar, style.unicode)] : []),
        tinted(style, tints[comparison.verdict], comparison.verdict),
      ];
      return [cells.join("  "), ...more.map((text) => INDENT + text)];
    }),
  ]);
}

const INDENT = "    ";
const LABEL_SHARE = 0.32;
const BAR_COLUMNS_MIN = 7;

function ratioCell({ ratio, low, high }: ComparisonDocument): string {
  return `${ratioText(ratio)} (${ratioText(low)} to ${ratioText(high)})`;
}
