/**
 * The whole comparison: every backend's process is there at the same time and waits; orders go round among them, so that a
 * slow moment of the machine falls on all. Ctrl-C ends it between two orders; what was measured until then is the result.
 */

import { pause } from "../method/pause.ts";
import type { Backend } from "./backends.ts";
import { type Budget, scalingStrategies } from "./budget.ts";
import { MeasuredProcess } from "./child-process.ts";
import type { Freeing } from "./churn.ts";
import type { ChurnAnswer, Hello, SlabAnswer, SpeedCell } from "./protocol.ts";
import { strategyNames } from "./strategies.ts";

export interface ScalingSample {
  readonly strategy: (typeof scalingStrategies)[number];
  readonly threads: number;
  readonly perSecond: number;
}

export interface ChurnSample extends ChurnAnswer {
  readonly idleBytes: number;
}

/** Everything that was measured of one backend; what an interrupt cut off is empty or undefined. */
export interface BackendSamples {
  readonly backend: Backend;
  readonly hello: Hello;
  readonly speed: SpeedCell[];
  readonly scaling: ScalingSample[];
  readonly churn: Partial<Record<Freeing, ChurnSample>>;
}

export interface Samples {
  readonly backends: readonly BackendSamples[];
  /** Those that turned out to serve nothing. */
  readonly unproven: readonly { readonly name: string; readonly reason: string }[];
  readonly slab: SlabAnswer | undefined;
}

export interface MeasureOptions {
  readonly budget: Budget;
  readonly threadCounts: readonly number[];
  readonly interrupt: AbortSignal;
  progress(text: string): void;
}

/** The trace keeps about 20 MiB alive: the slab has six times that, so that fragmentation costs pages and not refusals. */
const SLAB_BYTES = 128 * 1024 ** 2;

export async function measureAll(backends: readonly Backend[], options: MeasureOptions): Promise<Samples> {
  const processes = await Promise.all(backends.map((backend) => MeasuredProcess.start(backend)));
  try {
    const proven = processes.filter(({ hello }) => hello.proven);
    const samples = proven.map(({ backend, hello }) => ({ backend, hello, speed: [], scaling: [], churn: {} }));
    const unproven = processes
      .filter(({ hello }) => !hello.proven)
      .map(({ backend, hello }) => ({ name: backend.name, reason: `${hello.backend} serves: ${hello.evidence}` }));
    await measureSpeed(proven, samples, options);
    await measureScaling(proven, samples, options);
    await measureChurn(samples, "released", options);
    await measureChurn(samples, "collected", options);
    const { budget, interrupt } = options;
    const [first] = proven;
    const order = { type: "slab", steps: budget.steps, capacityBytes: SLAB_BYTES } as const;
    const slab = first && !interrupt.aborted ? await first.ask<"slab">(order) : undefined;
    return { backends: samples, unproven, slab };
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

async function measureSpeed(
  processes: readonly MeasuredProcess[],
  samples: readonly BackendSamples[],
  { budget, interrupt, progress }: MeasureOptions,
): Promise<void> {
  // The first round compiles and is forgotten.
  for (let round = 0; round <= budget.speedRounds; round += 1) {
    progress(`speed, round ${round} of ${budget.speedRounds}`);
    // While the others have their turn, a process collects what its last one has left behind.
    for (const strategy of strategyNames) {
      for (const [index, each] of rotated(processes, round)) {
        if (interrupt.aborted) return;
        const cells = await each.ask<"speed">({ type: "speed", strategy, cellMs: budget.cellMs });
        if (round > 0) samples[index]?.speed.push(...cells);
      }
    }
  }
}

async function measureScaling(
  processes: readonly MeasuredProcess[],
  samples: readonly BackendSamples[],
  { budget, threadCounts, interrupt, progress }: MeasureOptions,
): Promise<void> {
  for (let round = 0; round <= budget.scalingRounds; round += 1) {
    for (const [index, each] of rotated(processes, round)) {
      progress(`threads, round ${round} of ${budget.scalingRounds}: ${each.backend.label}`);
      for (const strategy of scalingStrategies) {
        for (const threads of threadCounts) {
          if (interrupt.aborted) return;
          const { perSecond } = await each.ask<"scaling">({ type: "scaling", strategy, threads, ms: budget.scalingMs });
          if (round > 0) samples[index]?.scaling.push({ strategy, threads, perSecond });
        }
      }
    }
  }
}

/** Each in a process that has done nothing else; all of them then wait together. */
async function measureChurn(
  samples: readonly BackendSamples[],
  freeing: Freeing,
  { budget, interrupt, progress }: MeasureOptions,
): Promise<void> {
  const processes: MeasuredProcess[] = [];
  try {
    const waits: Promise<void>[] = [];
    for (const { backend, churn } of samples) {
      if (interrupt.aborted) break;
      progress(`memory, ${freeing}: ${backend.label}`);
      const each = await MeasuredProcess.start(backend);
      processes.push(each);
      const walk = await each.ask<"churn">({ type: "churn", freeing, steps: budget.steps });
      const wait = pause(budget.idleSeconds, interrupt).then(async () => {
        if (interrupt.aborted) return;
        const { bytes } = await each.ask<"resident">({ type: "resident" });
        churn[freeing] = { ...walk, idleBytes: bytes };
      });
      waits.push(wait);
    }
    await Promise.all(waits);
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

/** Nobody is always the first, which finds the machine as the last one left it. */
function rotated<Item>(items: readonly Item[], by: number): readonly (readonly [index: number, item: Item])[] {
  const all = items.map((item, index) => [index, item] as const);
  const start = items.length === 0 ? 0 : by % items.length;
  return [...all.slice(start), ...all.slice(0, start)];
}
