/** An interval of ratios in one line of text, on a logarithmic axis whose middle is 1: what crosses it shows nothing. */

export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Bars of the same table share their reach: the largest distance from 1, at least 2 %, so that noise stays short. */
const REACH_MIN = Math.log(1.02);

export function reachOf(ratios: readonly Ratio[]): number {
  const ends = ratios.flatMap(({ low, high }) => [low, high]).map((value) => Math.abs(Math.log(value)));
  return Math.max(REACH_MIN, ...ends.filter((value) => Number.isFinite(value)));
}

/** `columns` is odd, so that 1 has a middle to stand in. */
export function intervalBar({ ratio, low, high }: Ratio, reach: number, columns: number, unicode: boolean): string {
  const half = (columns - 1) / 2;
  const place = (value: number) => {
    const share = Math.log(value) / reach;
    return half + Math.round(Math.min(Math.max(share, -1), 1) * half);
  };
  const [empty, one, line, end, middle] = unicode ? ["·", "│", "─", "─", "●"] : [".", "|", "-", "-", "o"];
  return Array.from({ length: columns }, (_, column) => {
    if (column === place(ratio)) return middle;
    if (column === place(low) || column === place(high)) return end;
    if (column > place(low) && column < place(high)) return line;
    return column === half ? one : empty;
  }).join("");
}
