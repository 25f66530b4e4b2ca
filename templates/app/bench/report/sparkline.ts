/** A curve in one line of text: eight heights as block characters, or as ASCII where these cannot be shown. */

const BLOCKS = "▁▂▃▄▅▆▇█";
/** From the bottom of a character to its top. */
const ASCII = "_.,-=+*#";

export interface SparkRange {
  readonly low: number;
  readonly high: number;
}

/** One character a value; a value that is not finite leaves a gap. Without a range the values' own is drawn. */
export function sparkline(values: readonly number[], unicode: boolean, range: SparkRange = rangeOf(values)): string {
  const marks = [...(unicode ? BLOCKS : ASCII)];
  return values
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      // A flat line is drawn low: it has no height to show.
      const share = range.high > range.low ? (value - range.low) / (range.high - range.low) : 0;
      return marks[Math.min(Math.max(Math.floor(share * marks.length), 0), marks.length - 1)] ?? " ";
    })
    .join("");
}

export function rangeOf(values: readonly number[]): SparkRange {
  const known = values.filter((value) => Number.isFinite(value));
  return { low: Math.min(...known), high: Math.max(...known) };
}

/** As many equal stretches of time as there are columns, each with the mean of its points; without any, as before it. */
export function resampled(points: readonly (readonly [number, number])[], columns: number): readonly number[] {
  const first = points[0]?.[0] ?? 0;
  const span = (points.at(-1)?.[0] ?? 0) - first;
  const sums = Array.from({ length: columns }, () => ({ sum: 0, count: 0 }));
  for (const [seconds, value] of points) {
    const place = span === 0 ? 0 : Math.min(Math.floor(((seconds - first) / span) * columns), columns - 1);
    const stretch = sums[place];
    if (stretch) {
      stretch.sum += value;
      stretch.count += 1;
    }
  }
  let last = Number.NaN;
  return sums.map(({ sum, count }) => {
    if (count > 0) last = sum / count;
    return last;
  });
}
