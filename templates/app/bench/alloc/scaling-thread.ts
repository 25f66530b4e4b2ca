/** One thread of the scaling measurement: does its work for the time it is given, and says how much it was. */
import type { ScalingOrder, ScalingReport } from "./scaling.ts";
import { BATCH, type Loop, type StrategyName, strategies } from "./strategies.ts";

/** The part of a worker's global scope that both runtimes share. */
interface ThreadScope {
  onmessage: ((event: { readonly data: ScalingOrder }) => void) | null;
  postMessage(message: ScalingReport | "ready"): void;
}

/** One page: what most buffers of a server are below. */
const BYTES = 4096;
/** Between two looks at the clock. */
const BATCHES = 16;

const scope = globalThis as unknown as ThreadScope;
const loops = new Map<StrategyName, Loop>();

scope.onmessage = ({ data: { strategy, ms } }) => {
  const loop = loops.get(strategy) ?? strategies[strategy].loop(BYTES);
  loops.set(strategy, loop);
  const startMs = performance.now();
  let operations = 0;
  let nowMs = startMs;
  while (nowMs - startMs < ms) {
    loop(BATCHES);
    operations += BATCHES * BATCH;
    nowMs = performance.now();
  }
  scope.postMessage({ operations, seconds: (nowMs - startMs) / 1000 });
};
scope.postMessage("ready");
