/**
 * What the garbage collector of this thread does, between two looks.
 *
 * Idea: node:v8's profiler notes each collection with its time and the heap before and after; it is stopped and started
 * anew at each look, so that it never holds more than the collections in between. Where the engine does not count what is
 * allocated, the growth of the heap from one collection's end to the next one's begin is that figure.
 * Bound: the notes of one beat, about 1 KiB per collection.
 */
import { GCProfiler, type GCProfilerResult } from "node:v8";
import type { Collections, CollectionWatch } from "./port.ts";

/** `usPerCost`: the unit in which the runtime gives a collection's cost, in microseconds. */
export function watchCollections(usPerCost: number): CollectionWatch {
  const profiler = new GCProfiler();
  let heapAfterBytes = 0;
  profiler.start();

  function collectionsOf({ statistics }: GCProfilerResult): Collections {
    let [usSum, usMax, allocatedBytes] = [0, 0, 0];
    for (const { cost, beforeGC, afterGC } of statistics) {
      const us = cost * usPerCost;
      usSum += us;
      usMax = Math.max(usMax, us);
      allocatedBytes += Math.max(0, beforeGC.heapStatistics.usedHeapSize - heapAfterBytes);
      heapAfterBytes = afterGC.heapStatistics.usedHeapSize;
    }
    return { count: statistics.length, usSum, usMax, allocatedBytes };
  }

  return {
    take() {
      const result: GCProfilerResult | undefined = profiler.stop();
      profiler.start();
      return result ? collectionsOf(result) : { count: 0, usSum: 0, usMax: 0, allocatedBytes: 0 };
    },
    stop: () => void profiler.stop(),
  };
}
