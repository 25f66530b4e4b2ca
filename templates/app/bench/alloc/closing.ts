/** What the figures mean on this runtime: ratios only, because nothing else carries over to another machine. */
import { runtimeOf } from "../../src/runtime/capabilities.ts";
import { digits } from "../report/table.ts";
import type { AllocResult, BackendFigures } from "./result.ts";
import type { StrategyName } from "./strategies.ts";

/** Judged at the size of most buffers. */
const BYTES = 4096;
/** Below this what is kept is not told from what the process does meanwhile. */
const NOTHING_BYTES = 1024 ** 2;

export function closingText(result: AllocResult): string {
  const { surroundings, backends } = result;
  const sentences = [ownSentence(result), ...(backends.length > 1 ? allocatorSentences(result) : [])];
  const reading =
    runtimeOf(surroundings.adapter) === "bun"
      ? "Nothing can replace Bun's mimalloc: the columns are its profiles (allocator.profile)."
      : "The columns are what allocator.backend chooses among; objects of JavaScript are V8's own and no malloc's.";
  const scope =
    "Ratios hold on this machine, the figures for this moment; fresh buffers are zeroed, the others are not.";
  return [...sentences.filter((sentence) => sentence !== ""), reading, scope].join("\n");
}

function ownSentence({ surroundings, backends }: AllocResult): string {
  const [first] = backends;
  const fresh = first && cost(first, "fresh_collected");
  if (!first || fresh === undefined) return "";
  const times = (["arena_offset", "arena_view", "pool", "slab"] as const).flatMap((strategy) => {
    const own = cost(first, strategy);
    return own === undefined ? [] : [`${digits(fresh / own)} times ${names[strategy]}`];
  });
  return `On ${surroundings.version} a fresh buffer of 4 KiB costs ${listText(times)}.`;
}

const names = {
  arena_offset: "an arena's offset",
  arena_view: "a view into one",
  pool: "a pooled buffer",
  slab: "a slab's chunk",
} as const satisfies Partial<Record<StrategyName, string>>;

function allocatorSentences({ backends }: AllocResult): readonly string[] {
  const [standard] = backends;
  if (!standard) return [];
  const speeds = backends.map((backend) => [backend.label, cost(backend, "fresh_released")] as const);
  const kept = backends.map((backend) => {
    const memory = backend.memory.released;
    return [backend.label, memory && Math.max(NOTHING_BYTES, memory.idle_bytes - memory.base_bytes)] as const;
  });
  return [
    comparison("Allocating and freeing takes", speeds, standard.label),
    comparison("Idle after the churn, resident memory above the start is", kept, standard.label),
  ];
}

type Measured = readonly (readonly [label: string, value: number | undefined])[];

function comparison(begin: string, values: Measured, standard: string): string {
  const base = values.find(([label]) => label === standard)?.[1];
  const others = values.flatMap(([label, value]) => {
    if (label === standard || value === undefined || base === undefined) return [];
    return [`${digits(value / base)} with ${label}`];
  });
  return others.length === 0 ? "" : `${begin} ${listText(others)}, beside 1 with ${standard}.`;
}

function cost(backend: BackendFigures, strategy: StrategyName): number | undefined {
  return backend.speed.find((figure) => figure.strategy === strategy && figure.bytes === BYTES)?.cpu_ns.median;
}

/** "a, b and c". */
export function listText(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
