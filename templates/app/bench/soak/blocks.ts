/**
 * Blocks: one value for a figure and a segment, of its time under load or of the pause after it.
 *
 * Idea: samples that are a second apart remember each other, and a slope through all of them would look surer than it is. One
 * value for each segment forgets most of that. It also makes like stand beside like: the same clients, or none.
 */
import { quantile } from "../method/statistics.ts";
import { type Moment, type SoakFigureName, soakFigureNames, soakFigures } from "./figures.ts";
import type { Sample, SoakValues } from "./take-sample.ts";

export interface Block {
  readonly phase: PhaseName;
  readonly moment: Moment;
  /** The middle of its samples, since the soak's start. */
  readonly seconds: number;
  readonly values: SoakValues;
}

/** steady: the workers stay. rolling: they are replaced again and again, which hides what each of them leaks. */
export type PhaseName = "steady" | "rolling";

/** The lower quarter: below most of a saw, and not its single lowest tooth. */
const LOW_SHARE = 0.25;

/** @returns undefined: no samples */
export function blockOf(
  phase: PhaseName,
  moment: Moment,
  samples: readonly Sample[],
  startMs: number,
): Block | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return undefined;
  const value = (name: SoakFigureName) => {
    const known = samples.map(({ values }) => values[name]).filter((each) => !Number.isNaN(each));
    if (known.length === 0) return Number.NaN;
    return quantile(known, soakFigures[name].block === "low" ? LOW_SHARE : 0.5);
  };
  const values = Object.fromEntries(soakFigureNames.map((name) => [name, value(name)])) as unknown as SoakValues;
  return { phase, moment, seconds: ((first.atMs + last.atMs) / 2 - startMs) / 1000, values };
}
