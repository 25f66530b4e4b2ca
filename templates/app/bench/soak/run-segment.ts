/** One segment of load: all clients at once for a time, then nobody, with every connection of theirs closed. */
import { pause } from "../method/pause.ts";
import { outcomesOf } from "./counts.ts";
import { drawDeed, type Ground } from "./mixture.ts";
import { playDeed } from "./play-deed.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { Stage, type StageParts } from "./stage.ts";

export interface Segment extends StageParts {
  readonly ground: Ground;
  /** One client each. */
  readonly clients: readonly SeededRandom[];
  readonly seconds: number;
  /** Requests that came to an end after which it ends early, counted over the whole soak. */
  readonly requestsMax: number;
  readonly interrupt: AbortSignal;
}

/** Beyond the patience with an answer: what is under way gets so long to end well, on Ctrl-C too. */
const GRACE_MS = 500;
/** Between two deeds of a client: so that it is not always the same moment that all of them begin. */
const THINK_MS_MAX = 10;

export async function runSegment(segment: Segment): Promise<void> {
  const { counts, requestsMax, interrupt, answerMsMax } = segment;
  const ending = new AbortController();
  const end = () => ending.abort();
  const patience = new AbortController();
  const leave = () => {
    end();
    patience.abort();
  };
  interrupt.addEventListener("abort", leave);
  if (interrupt.aborted) leave();
  const stage = new Stage(segment, ending.signal);
  const clients = segment.clients.map(async (random) => {
    while (!ending.signal.aborted) {
      await playDeed(drawDeed(random, segment.ground), stage);
      if (outcomesOf(counts) >= requestsMax) end();
      await stage.pause(random.whole(0, THINK_MS_MAX));
    }
  });
  const all = Promise.all(clients);
  // A defect of a client must not wait for the segment's end, nor go unheard.
  const failed = all.then(() => new Promise<never>(() => undefined));
  try {
    await Promise.race([pause(segment.seconds, ending.signal), failed]);
    end();
    const grace = new AbortController();
    // A request that was sent at the last moment has its whole time too: what is never answered must not end unheard.
    const isOver = pause(answerMsMax / 1000, patience.signal).then(() => pause(GRACE_MS / 1000, grace.signal));
    await Promise.race([all, isOver]);
    grace.abort();
    stage.over();
    await all;
  } finally {
    interrupt.removeEventListener("abort", leave);
    leave();
    stage.over();
  }
}
