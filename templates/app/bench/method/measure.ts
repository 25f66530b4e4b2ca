/**
 * One measured time on a running server: warm-up, then load whose counts, CPU time and memory begin and end at the same two
 * moments, so that requests and what they cost belong together.
 */
import type { Sample, Session } from "../cases/bench.ts";
import { makeLoad } from "../load/make-load.ts";
import type { LoadOrder, LoadTimes } from "../load/order.ts";
import type { ServerProcess } from "../server/server-process.ts";
import { meterOf, type ServerUsage } from "./server-meter.ts";

export interface MeasureOptions {
  readonly order: LoadOrder;
  readonly times: LoadTimes;
  readonly generator: Session["generator"];
  /** Threads of the generator. */
  readonly threads: number;
  /** Whether they may wait by spinning. */
  readonly spins: boolean;
  readonly interrupt: AbortSignal;
}

/** undefined when the interrupt came before anything was measured. Rejects when the server ends by itself. */
export async function measure(server: ServerProcess, options: MeasureOptions): Promise<Sample | undefined> {
  const { order, times, generator, threads, spins, interrupt } = options;
  const meter = meterOf(server.pid);
  // A load on a server that is gone would go on to its end, and count refusals.
  const end = new AbortController();
  const interrupted = AbortSignal.any([interrupt, end.signal]);
  let usage: ServerUsage | undefined;
  const onWindow = () => {
    meter.start();
    return () => {
      usage = meter.read();
    };
  };
  try {
    const load = makeLoad(generator, order, times, { threads, spins, interrupt: interrupted, onWindow });
    const counts = await Promise.race([load, server.died]);
    return counts && usage && { counts, ...usage };
  } finally {
    end.abort();
    meter.close();
  }
}
