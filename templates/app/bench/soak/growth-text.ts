/** Growth in words and columns: values in the unit that people read. */
import { soakFigures } from "./figures.ts";
import type { Growth } from "./judge.ts";

const momentTexts = { load: "under load", rest: "at rest" } as const;
export const phaseTexts = { steady: "while the workers stayed", rolling: "while workers were replaced" } as const;

/** "memory grows, under load, while the workers stayed: +12.3 MiB/h (+10.1 to +14.0), +1.4 MiB over 6.7 min." */
export function growthSentence(growth: Growth): string {
  const { figure, phase, moment, seconds } = growth;
  return (
    `${soakFigures[figure].label} grew ${momentTexts[moment]} ${phaseTexts[phase]}: ${slopeText(growth)}, ` +
    `${valueText(growth, growth.growth, true)} over ${timeText(seconds)}.`
  );
}

/** "+12.3 MiB/h (+10.1 to +14.0)"; "" where there is no slope. */
export function slopeText({ figure, slope, low, high }: Growth): string {
  if (slope === null || low === null || high === null) return "";
  const { unit, unitSize } = soakFigures[figure];
  const part = (value: number) => signed(value / unitSize);
  return `${part(slope)}${unit === "" ? "" : ` ${unit}`}/h (${part(low)} to ${part(high)})`;
}

export function valueText({ figure }: Pick<Growth, "figure">, value: number | null, withSign = false): string {
  if (value === null) return "";
  const { unit, unitSize } = soakFigures[figure];
  const number = withSign ? signed(value / unitSize) : plain(value / unitSize);
  return unit === "" ? number : `${number} ${unit}`;
}

export function timeText(seconds: number): string {
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function signed(value: number): string {
  const text = plain(value);
  return value > 0 && text !== "0" ? `+${text}` : text;
}

/** Three digits, and whole numbers as they are. */
function plain(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value));
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
