/** Figures as people read them: the unit of the table, as many digits as say something, thousands apart. */
import type { Estimate } from "./document.ts";
import { type FigureName, type FigureRow, figureTable } from "./figure-table.ts";

export interface Scale {
  /** Empty for a plain number. */
  readonly unit: string;
  /** What a value is divided by. */
  readonly divisor: number;
  readonly decimals: number;
}

/** The bytes, microseconds and so on of the values, over which the unit of the table counts. */
const divisors = {
  "/s": 1,
  ns: 1,
  us: 1,
  ms: 1,
  s: 1,
  MiB: 2 ** 20,
  KiB: 2 ** 10,
  B: 1,
  CPUs: 1,
  "": 1,
  ratio: 1,
  "MB/s": 1e6,
} as const satisfies Readonly<Record<FigureRow["unit"], number>>;

/** From here on microseconds are told as milliseconds: five digits are no longer read at a glance. */
const US_MAX = 10_000;

/** One scale for values that stand below each other, so that their decimal points do as well. */
export function scaleOf(name: FigureName, values: readonly number[]): Scale {
  const { unit } = figureTable[name];
  const known = values.filter((value) => Number.isFinite(value)).map(Math.abs);
  const largest = Math.max(0, ...known);
  if (unit === "us" && largest >= US_MAX) return withDecimals("ms", 1000, largest, known);
  return withDecimals(unit === "us" ? "µs" : unit === "ratio" ? "" : unit, divisors[unit], largest, known);
}

function withDecimals(unit: string, divisor: number, largest: number, known: readonly number[]): Scale {
  const whole = known.every((value) => Number.isInteger(value / divisor));
  const shown = largest / divisor;
  // Tenths of a MiB are less than what memory differs by from run to run; shares of 1 need a third digit.
  const fine = unit === "MiB" ? 1 : unit === "" && shown <= 1 ? 3 : 2;
  const decimals = whole || shown >= 1000 ? 0 : shown >= 100 ? 1 : fine;
  return { unit, divisor, decimals };
}

/** 98123.4 as "98,123". */
export function numberText(value: number, { divisor, decimals }: Pick<Scale, "divisor" | "decimals">): string {
  const [whole = "", fraction] = (value / divisor).toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A value alone: "98,123 /s", "8.41 µs". */
export function valueText(name: FigureName, value: number, scale: Scale = scaleOf(name, [value])): string {
  return `${numberText(value, scale)}${scale.unit === "" ? "" : ` ${scale.unit}`}`;
}

/** Half the interval's width over the median: "±1.2%"; "" where one run, or runs all alike, give none. */
export function spreadText({ median, low, high, runs }: Estimate): string {
  if (runs.length < 2 || median === 0 || low === high) return "";
  const percent = ((high - low) / 2 / Math.abs(median)) * 100;
  return `±${percent >= 10 ? Math.round(percent).toString() : percent.toFixed(1)}%`;
}

/** 0.8734 as "0.873", 12.3456 as "12.3". */
export function ratioText(ratio: number): string {
  if (ratio >= 100) return Math.round(ratio).toString();
  return ratio.toFixed(ratio >= 10 ? 1 : ratio >= 2 ? 2 : 3);
}
