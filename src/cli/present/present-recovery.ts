/** What became of a write that was killed before this run. */
import type { Recovery } from "../../write/recover.ts";
import type { Style } from "./style.ts";

export function recoveryLines({ outcome, changedSince }: Recovery, style: Style): readonly string[] {
  if (outcome === "nothing") return [];
  const what = outcome === "completed" ? "Completed" : "Took back";
  return [
    `${style.yellow(style.warning)} ${what} an earlier write that had been interrupted.`,
    ...changedSince.map((path) => `${style.yellow(style.warning)} ${path} was changed since then and stays as it is.`),
  ];
}
