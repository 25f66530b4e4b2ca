/**
 * `bench:alloc` in the report of all benches: a quick look at what fresh buffers cost under each allocator of this host.
 * `bench/alloc.ts` measures it at length, with all ways to get memory.
 */

import { runtime } from "../../src/wiring.ts";
import { findBackends, type Missing } from "../alloc/backends.ts";
import { budgetFor, SECONDS_QUICK } from "../alloc/budget.ts";
import { type BackendSamples, measureAll } from "../alloc/measure.ts";
import { BenchError } from "../cli/bench-error.ts";
import { estimateOf } from "../method/estimate.ts";
import { median } from "../method/statistics.ts";
import type { CaseDocument } from "../report/document.ts";
import type { Bench, Session, Sizes } from "./bench.ts";
import { documentOf } from "./bench-document.ts";
import { figureCase } from "./figure-case.ts";

/** The size at which allocators differ most: large enough to be given back to the system, small enough to be usual. */
const BUFFER_BYTES = 65_536;

export const allocBench: Bench = {
  name: "alloc",
  title: "Fresh buffers of 64 KiB by allocator",
  refuse: () => undefined,
  // It starts a process for each allocator, and measures no server.
  suits: () => false,
  aboutSeconds: secondsOf,
  async run(session) {
    const { config, host, interrupt, sizes } = session;
    const { present, missing } = findBackends(runtime.adapter, host, config.allocator.profile);
    const seconds = secondsOf(sizes);
    const threadCounts = [1];
    const samples = await measureAll(present, {
      budget: budgetFor(seconds, seconds <= SECONDS_QUICK, present.length, threadCounts.length),
      threadCounts,
      interrupt,
      progress: (text) => session.progress(text),
    });
    if (samples.backends.length === 0 && !interrupt.aborted) {
      throw new BenchError("No allocator could be proven to serve.");
    }
    const notes = notesOf(session, [...missing, ...samples.unproven]);
    return documentOf(allocBench, samples.backends.map(backendCase), { notes });
  },
};

/** As long as one case of the other benches. */
function secondsOf({ runs, seconds }: Sizes): number {
  return runs * seconds;
}

/** The quick look's one walk of the trace is one value; the rounds of the speed are the runs. */
export function backendCase({ backend, hello, speed, churn }: BackendSamples): CaseDocument {
  const cells = speed.filter(({ strategy, bytes }) => strategy === "fresh_released" && bytes === BUFFER_BYTES);
  const ratios = churn.released?.ratios ?? [];
  const { figures, ...rest } = figureCase({
    id: `alloc/${backend.name}`,
    title: hello.version === null ? backend.label : `${backend.label} ${hello.version}`,
    runs: cells.map(({ cpuNs }) => ({ cpu_ns_per_buffer: cpuNs })),
  });
  const resident = ratios.length === 0 ? {} : { rss_over_live_ratio: estimateOf([median(ratios)]) };
  return { ...rest, figures: { ...figures, ...resident } };
}

function notesOf({ pinning }: Session, absent: readonly Missing[]): readonly string[] {
  return [
    "A buffer is taken, touched at both ends and freed at once; memory is a walk of buffers with lives of different lengths, what was resident over what was alive.",
    ...(pinning.pinned ? ["All of it runs on the generator's CPU, the collector's threads included."] : []),
    ...absent.map(({ name, reason }) => `${name} is not measured: ${reason}.`),
    "npm run bench:alloc measures all ways to get memory, and on several threads.",
  ];
}
