/** What a new plan would change, as text: setting by setting under its section, each with what moved it. */
import { causeText } from "../../drift/cause-text.ts";
import { PIN } from "../../drift/causes-of.ts";
import type { Effect, EffectDiff } from "../../drift/effect.ts";
import { effectValues } from "../../drift/effect-values.ts";
import { mainCauses } from "../../drift/main-causes.ts";
import { formatBytes } from "../../lib/units.ts";
import { say } from "../../plan/reasons.ts";
import { brokenLines } from "./columns.ts";
import type { Style } from "./style.ts";

/** Causes shown for one setting; further ones are counted, and `--json` has them all. */
const CAUSES_SHOWN_MAX = 2;
/** "1.9 GiB -> 23.5 GiB" has 18 characters; what is much longer, such as a policy in words, has a line of its own. */
const VALUE_CHARS_MAX = 36;

/** Empty when no setting differs. */
export function effectLines(diff: EffectDiff, style: Style, columns: number): readonly string[] {
  const { effects, predictedBytes, gone } = diff;
  const shown = effects.filter(({ negligible, pinned }) => !negligible || pinned);
  const causes = mainCauses(shown);
  // One cause for everything is said once.
  const rows = shown.map((effect) => ({ effect, ...cells(effect, style, causes.length > 1) }));
  const widths: Widths = {
    key: Math.max(0, ...rows.map(({ key }) => key.length)),
    value: Math.max(0, ...rows.map(({ value }) => value.length).filter((chars) => chars <= VALUE_CHARS_MAX)),
    columns,
  };
  const concerns = [...new Set(rows.map(({ effect }) => effect.concern))];
  const groups = concerns.flatMap((concern) => [
    style.bold(concern),
    ...rows.filter(({ effect }) => effect.concern === concern).flatMap((row) => rowLines(row, widths, style)),
  ]);
  const head = causes.map(({ cause, settings }) => `${causeText(cause, style.arrow)} (${settingsText(settings)})`);
  const because = head.length === 0 ? [] : brokenLines(`Because ${head.join(", ")}:`, 2, columns);
  const goneLines = gone.length === 0 ? [] : [`No settings of this version any more: ${gone.join(", ")}.`];
  return [...because, ...groups, ...goneLines, ...summaryLines(effects.length - shown.length, predictedBytes)];
}

interface Widths {
  readonly key: number;
  readonly value: number;
  readonly columns: number;
}

/** The reason stands beside the value, or below one that is longer than the column. */
function rowLines({ key, value, why }: Cells, widths: Widths, style: Style): readonly string[] {
  const indent = widths.key + widths.value + 6;
  const reason = brokenLines(why, indent, widths.columns).map((line) => style.dim(line));
  const head = `  ${key.padEnd(widths.key)}  ${style.cyan(value.padEnd(widths.value))}`;
  const [beside = "", ...below] = value.length > widths.value ? ["", ...reason] : reason;
  return [`${head}  ${beside}`.trimEnd(), ...below.map((line) => `${" ".repeat(indent)}${line}`)];
}

function settingsText(count: number): string {
  return count === 1 ? "1 setting" : `${count} settings`;
}

function summaryLines(negligible: number, predictedBytes: number): readonly string[] {
  const within = negligible === 1 ? "1 setting differs" : `${negligible} settings differ`;
  return [
    ...(negligible === 0 ? [] : [`${within} by 5 % or less.`]),
    ...(predictedBytes === 0 ? [] : [`Predicted memory of the process: ${signedBytes(predictedBytes)}.`]),
  ];
}

/** "+1.5 GiB", "-210 MiB". */
export function signedBytes(bytes: number): string {
  return `${bytes < 0 ? "-" : "+"}${formatBytes(Math.abs(bytes))}`;
}

interface Cells {
  readonly key: string;
  readonly value: string;
  readonly why: string;
}

function cells(effect: Effect, style: Style, withCauses: boolean): Cells {
  const { after, pinned, override } = effect;
  const { before: was, after: is } = effectValues(effect);
  const key = effect.key.slice(effect.concern.length + 1);
  const change = pinned ? `${was} (pinned)` : `${was} ${style.arrow} ${is}`;
  const recommended = pinned ? `recommended ${is}` : "";
  const because = withCauses ? causesText(effect, style) : "";
  const overridden = override === undefined ? "" : `you override it with ${override}`;
  return {
    key,
    value: change,
    why: `${[`${recommended} ${because}`.trim(), overridden].filter(Boolean).join("; ")} [${after.reason.code}]`.trim(),
  };
}

/** "because memory 4 GiB -> 2 GiB"; a rule that gives no comparable input is told by its own sentence. */
function causesText({ causes, after, pinned }: Effect, style: Style): string {
  // A pin whose rule would have another value on the same machine: nothing has moved it.
  if (pinned && causes.every(({ input }) => input === PIN)) return "";
  if (causes.length === 0) return say(after.reason);
  const texts = causes.slice(0, CAUSES_SHOWN_MAX).map((cause) => causeText(cause, style.arrow));
  const rest = causes.length - CAUSES_SHOWN_MAX;
  return `because ${texts.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
