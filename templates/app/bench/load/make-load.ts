/** Makes a load with the generator that was asked for where that one can, and with the built-in one where it cannot. */
import type { LoadCounts, LoadOrder, LoadTimes } from "./order.ts";
import { externalTools, refusalOf, runExternal, type ToolName } from "./run-external.ts";
import { type RunLoadOptions, runLoad } from "./run-load.ts";

export type GeneratorName = "built-in" | ToolName;

/** Who makes this load. A report names it with each case, so nobody takes one generator's figures for another's. */
export function generatorOf(asked: GeneratorName, order: LoadOrder): GeneratorName {
  return asked === "built-in" || refusalOf(asked, order) !== undefined ? "built-in" : asked;
}

/** Undefined: interrupted before there was anything to count. */
export function makeLoad(
  asked: GeneratorName,
  order: LoadOrder,
  times: LoadTimes,
  options: RunLoadOptions,
): Promise<LoadCounts | undefined> {
  const generator = generatorOf(asked, order);
  return generator === "built-in" ? runLoad(order, times, options) : runExternal(generator, order, times, options);
}

/** What a reader must know of another generator than the built-in one. */
export function generatorNote(asked: GeneratorName): string | undefined {
  if (asked === "built-in") return undefined;
  return `${externalTools[asked].limit} Loads that it cannot make are the built-in generator's; each case names its own.`;
}
