/** What each use is worth, for people and as JSON. */

import { type Comparison, compare, median, PAIRS_MIN, type Verdict, verdictOf } from "../../method/statistics.ts";
import { digits, mib, tableText } from "../../report/table.ts";
import type { Pinning } from "../../server/pinning.ts";
import { listText } from "../closing.ts";
import type { Surroundings } from "../result.ts";
import { machineText } from "../surroundings.ts";
import type { UsePair, UseTimes } from "./measure-use.ts";
import { type UseName, useCases } from "./use-cases.ts";

/** Raised when a field of the JSON changes its meaning or goes away. */
export const SCHEMA_VERSION = 1;

export interface UsesResult {
  readonly surroundings: Surroundings;
  readonly pinning: Pinning;
  readonly times: UseTimes;
  readonly uses: ReadonlyMap<UseName, readonly UsePair[]>;
  readonly missing: readonly { readonly name: UseName; readonly reason: string }[];
  readonly interrupted: boolean;
}

export interface UseFigures extends Comparison {
  /** Server CPU per request: medians. */
  readonly onUs: number;
  readonly offUs: number;
  readonly onRssBytes: number;
  readonly offRssBytes: number;
  readonly pairs: number;
  readonly verdict: Verdict;
}

export function useFigures(pairs: readonly UsePair[]): UseFigures {
  const comparison = compare(pairs.map(({ on, off }) => [on.us, off.us]));
  return {
    onUs: median(pairs.map(({ on }) => on.us)),
    offUs: median(pairs.map(({ off }) => off.us)),
    ...comparison,
    onRssBytes: median(pairs.map(({ on }) => on.residentBytes)),
    offRssBytes: median(pairs.map(({ off }) => off.residentBytes)),
    pairs: pairs.length,
    verdict: verdictOf(comparison, pairs.length),
  };
}

export function usesText({ surroundings, pinning, uses, missing, interrupted }: UsesResult): string {
  const { version, adapter } = surroundings;
  const figures = [...uses].map(([name, pairs]) => [name, useFigures(pairs)] as const);
  const rows = figures.map(([name, use]) => [
    name,
    digits(use.onUs),
    digits(use.offUs),
    use.ratio.toFixed(3),
    `${use.low.toFixed(3)} to ${use.high.toFixed(3)}`,
    mib(use.onRssBytes),
    mib(use.offRssBytes),
    use.verdict,
  ]);
  const place = pinning.pinned ? "server and load on CPUs of their own" : `NOT pinned: ${pinning.reason}`;
  const wins = figures.filter(([, use]) => use.verdict === "wins").map(([name]) => name);
  const loses = figures.filter(([, use]) => use.verdict === "loses").map(([name]) => name);
  const pairs = Math.max(...figures.map(([, use]) => use.pairs));
  const sure = Math.round(100 * Math.min(...figures.map(([, use]) => use.confidence)));
  return [
    `Uses of arenas and pools, on against off: ${version}, adapter ${adapter}; ${machineText(surroundings)}; ${place}`,
    ...(interrupted ? ["Ended early: what follows is what was measured until then."] : []),
    "",
    tableText([["", "on, us", "off, us", "ratio", "interval", "on, RSS", "off, RSS", "verdict"], ...rows]),
    "",
    ...figures.map(([name]) => `  ${name}: ${useCases[name].text}`),
    ...missing.map(({ name, reason }) => `  Not measured: ${name}: ${reason}`),
    "",
    `Server CPU per request, medians of ${pairs} pair${pairs === 1 ? "" : "s"}. A use wins when the whole interval of the ratio, ${sure} % sure, is below 1${pairs < PAIRS_MIN ? `; that takes ${PAIRS_MIN} pairs at least` : ""}.`,
    wins.length === 0
      ? `On ${version} no use is shown to win.`
      : `On ${version} ${listText(wins)} win${wins.length === 1 ? "s" : ""}.`,
    ...(loses.length === 0 ? [] : [`${listText(loses)}: off is cheaper.`]),
    "",
  ].join("\n");
}

export function usesJson({ surroundings, pinning, times, uses, missing, interrupted }: UsesResult): string {
  const { host, cpuModel, loadAverage, version, adapter } = surroundings;
  const document = {
    schema_version: SCHEMA_VERSION,
    kind: "fastserve-bench-uses",
    server: { version, adapter },
    interrupted,
    pinned: pinning.pinned,
    times: { warmup_s: times.warmupSeconds, slice_s: times.sliceSeconds, slices_each: 2 },
    uses: Object.fromEntries([...uses].map(([name, pairs]) => [name, useFigures(pairs)])),
    missing: Object.fromEntries(missing.map(({ name, reason }) => [name, reason])),
    host: {
      os: host.os,
      arch: host.arch,
      kernel: host.kernel ?? null,
      cpu_model: cpuModel ?? null,
      cpus: host.cpus,
      load_average: loadAverage,
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
