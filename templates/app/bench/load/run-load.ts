/**
 * Runs a load: shares in threads of their own (or here), all connections opened, a warm-up, and one measured time that all
 * threads begin and end at the same moments.
 *
 * The caller reads what the server cost at these two moments: `onWindow` is called at the first, the function that it
 * returns at the second. So counts and costs belong together.
 */
import process from "node:process";
import { mergeInto } from "./latency-histogram.ts";
import { inlineHand, type LoadHand, threadHand } from "./load-hand.ts";
import type { ShareCounts, ShareOrder, Window } from "./load-share.ts";
import type { LoadCounts, LoadOrder, LoadTimes } from "./order.ts";
import { splitOrder } from "./split-order.ts";

export interface RunLoadOptions {
  /** Generator threads; 0: in the calling thread, which then must have nothing else to do. */
  readonly threads: number;
  /** Whether each thread may take all of a CPU to wait: the server has enough left. */
  readonly spins: boolean;
  /** Ends the load at once with what was counted. */
  readonly interrupt: AbortSignal;
  /** Called when the measured time begins; what it returns is called when it ends, by time or by interrupt. */
  readonly onWindow: () => () => void;
}

/** From the order to all threads until the window opens: a message is there within a fraction of this. */
const NOTICE_MS = 20;
/** Closing sockets takes less; a thread that is stuck is ended all the same. */
const STOP_MS_MAX = 2000;

/** Undefined: interrupted before the measured time began. */
export async function runLoad(
  order: LoadOrder,
  times: LoadTimes,
  { threads, spins, interrupt, onWindow }: RunLoadOptions,
): Promise<LoadCounts | undefined> {
  if (interrupt.aborted) return undefined;
  const shares = splitOrder(order, threads);
  const hands = shares.map((share, thread) => {
    const shareOrder: ShareOrder = { share, place: { thread, threads: shares.length, spins } };
    return threads === 0 ? inlineHand(shareOrder) : threadHand(shareOrder, order.target);
  });
  const failed = Promise.race(hands.map((hand) => hand.failed));
  failed.catch(() => undefined);
  try {
    const started = Promise.all(hands.map((hand) => hand.start()));
    await Promise.race([started, aborted(interrupt), failed]);
    await pause(times.warmupSeconds * 1000, interrupt, failed);
    if (interrupt.aborted) return undefined;
    return await measure(hands, times, { interrupt, onWindow, failed });
  } finally {
    const stopped = Promise.allSettled(hands.map((hand) => hand.stop()));
    await Promise.race([stopped, pause(STOP_MS_MAX, undone(stopped))]);
    for (const hand of hands) hand.end();
  }
}

interface Measuring extends Pick<RunLoadOptions, "interrupt" | "onWindow"> {
  readonly failed: Promise<never>;
}

async function measure(
  hands: readonly LoadHand[],
  { seconds }: LoadTimes,
  { interrupt, onWindow, failed }: Measuring,
): Promise<LoadCounts | undefined> {
  const startMs = Date.now() + NOTICE_MS;
  const window: Window = { startMs, endMs: startMs + seconds * 1000 };
  const cut = () => {
    for (const hand of hands) hand.cut();
  };
  interrupt.addEventListener("abort", cut, { once: true });
  const counted = Promise.all(hands.map((hand) => hand.measure(window)));
  try {
    await pause(window.startMs - Date.now(), interrupt, failed);
    if (interrupt.aborted) return undefined;
    const closeWindow = onWindow();
    const cpuStart = process.cpuUsage();
    await pause(window.endMs - Date.now(), interrupt, failed);
    const { user, system } = process.cpuUsage(cpuStart);
    closeWindow();
    const shares = await Promise.race([counted, failed]);
    return { ...sumOf(shares), generatorCpuSeconds: (user + system) / 1e6, generatorThreads: hands.length };
  } finally {
    interrupt.removeEventListener("abort", cut);
    counted.catch(() => undefined);
  }
}

/** All shares as one; their seconds are the mean of what are the same moments. */
export function sumOf(shares: readonly ShareCounts[]): ShareCounts {
  const [first, ...others] = shares;
  if (!first) throw new RangeError("there is no load without a share");
  const failures: Record<string, number> = { ...first.failures };
  const sum = { ...first, failures };
  for (const other of others) {
    sum.done += other.done;
    sum.bytesIn += other.bytesIn;
    sum.bytesOut += other.bytesOut;
    sum.seconds += other.seconds;
    mergeInto(sum.latency, other.latency);
    mergeInto(sum.lateness, other.lateness);
    for (const [kind, count] of Object.entries(other.failures)) failures[kind] = (failures[kind] ?? 0) + count;
  }
  const idle = shares.map(({ generatorIdleSeconds }) => generatorIdleSeconds).filter((each) => each !== undefined);
  const { generatorIdleSeconds: _, ...told } = sum;
  return {
    ...told,
    seconds: sum.seconds / shares.length,
    ...(idle.length === shares.length ? { generatorIdleSeconds: idle.reduce((a, b) => a + b) } : {}),
  };
}

/** Resolves after this time, or at once when interrupted; rejects with `failed`. */
async function pause(ms: number, interrupt?: AbortSignal, failed?: Promise<never>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  try {
    await Promise.race([over, ...(interrupt ? [aborted(interrupt)] : []), ...(failed ? [failed] : [])]);
  } finally {
    clearTimeout(timer);
  }
}

/** Aborted when the work is done. */
function undone(work: Promise<unknown>): AbortSignal {
  const done = new AbortController();
  void work.then(() => done.abort());
  return done.signal;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
