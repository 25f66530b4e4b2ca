/** `--list`: what there is to measure, what plain `npm run bench` takes of it, and why the rest cannot run here. */
import { durationText } from "../method/progress-line.ts";
import type { Bench, Project, Sizes } from "./bench.ts";

const NAME_COLUMNS = 10;

export function listText(benches: readonly Bench[], project: Project, sizes: Sizes): string {
  const rows = benches.flatMap((bench) => {
    const refused = bench.refuse(project);
    const suits = refused === undefined && bench.suits(project);
    const seconds = bench.aboutSeconds?.(sizes, project);
    const time = refused === undefined && seconds !== undefined ? `, about ${durationText(seconds)}` : "";
    const state = refused === undefined ? (suits ? "runs by itself" : "runs when it is named") : "cannot run here";
    return [
      `  ${bench.name.padEnd(NAME_COLUMNS)}${bench.title}`,
      `  ${"".padEnd(NAME_COLUMNS)}${state}${time}${refused === undefined ? "" : `: ${refused}`}`,
    ];
  });
  return `${["npm run bench -- [NAME ...]", "", ...rows].join("\n")}\n`;
}
