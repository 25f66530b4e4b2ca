/** `--uses`: every use that this project and adapter have, measured and judged. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { ServerConfig } from "../../../src/config/schema.ts";
import { type Capability, capabilities } from "../../../src/runtime/capabilities.ts";
import { features, runtime } from "../../../src/wiring.ts";
import { BenchError } from "../../cli/bench-error.ts";
import { pinGenerator } from "../../server/pinning.ts";
import type { AllocOptions } from "../options.ts";
import { readSurroundings } from "../surroundings.ts";
import { measurePair, type UsePair, type UseTimes } from "./measure-use.ts";
import { BIG_FILE, type UseCase, type UseName, useCases, useNames, usualFeatures } from "./use-cases.ts";
import { type UsesResult, usesJson, usesText } from "./uses-report.ts";

export interface UsesWork {
  readonly directory: string;
  readonly config: ServerConfig;
  readonly options: AllocOptions;
  readonly interrupt: AbortSignal;
  progress(text: string): void;
}

/** Both engines have compiled the path of a request after some ten thousand of them. */
const TIMES: UseTimes = { warmupSeconds: 0.7, sliceSeconds: 0.3 };
const TIMES_QUICK: UseTimes = { warmupSeconds: 0.15, sliceSeconds: 0.1 };

export async function benchUses({ directory, config, options, interrupt, progress }: UsesWork) {
  if (process.platform !== "linux")
    throw new BenchError("--uses needs Linux: a process's CPU time is read from /proc.");
  const names = chosenNames(options.only);
  const surroundings = readSurroundings(config.allocator.profile);
  // One thread: these servers are inline.
  const pinning = pinGenerator(1);
  const times = options.quick ? TIMES_QUICK : TIMES;
  const folder = mkdtempSync(join(tmpdir(), "fastserve-uses-"));
  const uses = new Map<UseName, readonly UsePair[]>();
  const missing: { readonly name: UseName; readonly reason: string }[] = [];
  try {
    writeFileSync(join(folder, BIG_FILE.name), new Uint8Array(BIG_FILE.bytes).fill(120));
    for (const name of names) {
      const useCase: UseCase = useCases[name];
      const reason = absenceOf(useCase);
      if (reason !== undefined) {
        missing.push({ name, reason });
        continue;
      }
      const wired = name === "metrics_arena" ? usualFeatures : useCase.features;
      const server = { directory, config, pinning, features: wired, settings: useCase.settings, folder };
      const pairs: UsePair[] = [];
      for (let pair = 0; pair < options.pairs && !interrupt.aborted; pair += 1) {
        progress(`${name}, pair ${pair + 1} of ${options.pairs}`);
        const measured = await named(name, measurePair(useCase, server, { times, swapped: pair % 2 === 1, interrupt }));
        if (measured) pairs.push(measured);
      }
      if (pairs.length > 0) uses.set(name, pairs);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (uses.size === 0) throw new BenchError(nothingText(missing));
  const result: UsesResult = { surroundings, pinning, times, uses, missing, interrupted: interrupt.aborted };
  return { text: usesText(result), json: usesJson(result) };
}

function chosenNames(only: readonly string[]): readonly UseName[] {
  const unknown = only.filter((name) => !Object.hasOwn(useCases, name));
  if (unknown.length > 0) {
    throw new BenchError(`--only ${unknown.join(",")}: the uses are ${useNames.join(", ")}.`, 2);
  }
  return only.length === 0 ? useNames : useNames.filter((name) => only.includes(name));
}

const PRESENT: Capability = { has: true };

/** Why the use is not measured here, a sentence; undefined: it is. */
function absenceOf(useCase: UseCase): string | undefined {
  const { has, reason } = useCase.capability ? capabilities[runtime.adapter][useCase.capability] : PRESENT;
  if (!has) return reason;
  const needed = useCase.features;
  const hasOne = needed.some((name) => features.some((feature) => feature.name === name));
  return needed.length === 0 || hasOne ? undefined : `This project does not have the feature ${needed.join(" or ")}.`;
}

function nothingText(missing: readonly { readonly name: string; readonly reason: string }[]): string {
  const reasons = missing.map(({ name, reason }) => `${name}: ${reason}`);
  return ["Nothing was measured.", ...reasons].join("\n");
}

async function named<Value>(name: UseName, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BenchError) throw new BenchError(`${name}: ${error.message}`);
    throw error;
  }
}
