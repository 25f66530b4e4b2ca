/** A table of ratios with their intervals drawn in its last column (a forest plot): no script, and it prints. */
import { PAIRS_MIN } from "../../method/statistics.ts";
import { comparisonGroups } from "../comparison-groups.ts";
import type { BenchDocument, ComparisonDocument } from "../document.ts";
import { ratioText } from "../figure-text.ts";
import { type Ratio, reachOf } from "../interval-bar.ts";
import { type Html, html, nothing } from "./html.ts";

const marks = { better: "✓", worse: "✗", "no difference shown": "=" } as const;

/** Beyond the longest interval there is room, so that its end is seen. */
const ROOM = 1.15;

export function forest(bench: BenchDocument): Html {
  if (bench.comparisons.length === 0) return nothing;
  const reach = reachOf(bench.comparisons.map((one) => (hasInterval(one) ? one : pointOf(one)))) * ROOM;
  const groups = comparisonGroups(bench);
  return html`<h3>Comparisons</h3>
<p class="caption">${captionOf(bench.comparisons)}</p>
<div class="scroll"><table class="forest">
<thead><tr><th></th><th class="n">ratio</th><th class="n">interval</th><th class="bars">${ticks(reach)}</th><th>verdict</th></tr></thead>
${groups.map(
  (group) => html`<tbody><tr><th colspan="5" class="group">${group.title}</th></tr>
${group.rows.map(
  ({ label, comparison }) => html`<tr><th>${label}</th><td class="n">${ratioText(comparison.ratio)}</td>
<td class="n">${intervalText(comparison)}</td>
<td class="bars">${bar(comparison, reach)}</td><td class="${wordOf(comparison)}">${marks[comparison.verdict]} ${comparison.verdict}</td></tr>
`,
)}</tbody>`,
)}
</table></div>`;
}

/** The ends of so few pairs' ratios are no interval at 95 %. */
function hasInterval({ pairs }: ComparisonDocument): boolean {
  return pairs >= PAIRS_MIN;
}

function pointOf({ ratio }: ComparisonDocument): Ratio {
  return { ratio, low: ratio, high: ratio };
}

function captionOf(comparisons: readonly ComparisonDocument[]): string {
  if (!comparisons.some(hasInterval))
    return `Ratios of pairs that took turns; with fewer than ${PAIRS_MIN} pairs there is no interval, and no difference is shown.`;
  return "Ratios of pairs that took turns, with their intervals at 95 %. What touches the line at 1 shows no difference.";
}

function intervalText(comparison: ComparisonDocument): string {
  if (!hasInterval(comparison)) return `fewer than ${PAIRS_MIN} pairs: no interval`;
  return `${ratioText(comparison.low)} to ${ratioText(comparison.high)}`;
}

function wordOf({ verdict }: ComparisonDocument): string {
  return verdict === "no difference shown" ? "same" : verdict;
}

/** Places on a logarithmic axis whose middle is 1. */
function place(value: number, reach: number): string {
  const share = Math.min(Math.max(Math.log(value) / reach, -1), 1);
  return `${(50 + share * 49).toFixed(2)}%`;
}

function bar(comparison: ComparisonDocument, reach: number): Html {
  const { ratio, verdict } = comparison;
  const text = `${ratioText(ratio)}, ${intervalText(comparison)}: ${verdict}`;
  const range = hasInterval(comparison) ? rangeOf(comparison, reach) : nothing;
  return html`<svg role="img" aria-label="${text}" width="100%" height="22" class="${wordOf(comparison)}"><line class="one" x1="50%" x2="50%" y1="0" y2="22"/>${range}<circle cx="${place(ratio, reach)}" cy="11" r="4.5"/></svg>`;
}

function rangeOf({ low, high }: ComparisonDocument, reach: number): Html {
  return html`<line class="range" x1="${place(low, reach)}" x2="${place(high, reach)}" y1="11" y2="11"/><line class="range" x1="${place(low, reach)}" x2="${place(low, reach)}" y1="7" y2="15"/><line class="range" x1="${place(high, reach)}" x2="${place(high, reach)}" y1="7" y2="15"/>`;
}

/** The ends and the middle of the axis. */
function ticks(reach: number): Html {
  const [low, high] = [Math.exp(-reach / ROOM), Math.exp(reach / ROOM)];
  return html`<svg aria-hidden="true" width="100%" height="16"><text x="${place(low, reach)}" y="12">${low.toFixed(2)}</text><text x="50%" y="12">1</text><text x="${place(high, reach)}" y="12">${high.toFixed(2)}</text></svg>`;
}
