/** The soak itself: segments of load and rest until the time is over, with the server looked at all the while. */
import { type AdapterName, capabilities } from "../../src/runtime/capabilities.ts";
import { pause } from "../method/pause.ts";
import type { ServerProcess } from "../server/server-process.ts";
import { type Block, blockOf, type PhaseName } from "./blocks.ts";
import { type Counts, noCounts, outcomesOf } from "./counts.ts";
import { FaultLog } from "./fault-log.ts";
import { KeptBlocks } from "./kept-blocks.ts";
import type { Ground } from "./mixture.ts";
import type { SoakOptions } from "./options.ts";
import { runSegment } from "./run-segment.ts";
import { phaseAt, scheduleOf } from "./schedule.ts";
import { SeededRandom } from "./seeded-random.ts";
import { ANSWER_MS_MAX } from "./stage.ts";
import { type Sample, type ServerCounts, samplerOf } from "./take-sample.ts";
import { Thinned } from "./thinned.ts";
import { rollMsEach, Upkeep } from "./upkeep.ts";

export interface SoakRow {
  readonly phase: PhaseName;
  readonly moment: Block["moment"];
  readonly sample: Sample;
}

export interface Soaked {
  readonly seconds: number;
  readonly counts: Readonly<Counts>;
  /** The first of those that were counted, in words. */
  readonly faults: readonly string[];
  /** As last seen; undefined: never. */
  readonly server: ServerCounts | undefined;
  readonly blocks: readonly Block[];
  readonly rows: readonly SoakRow[];
  /** By `performance.now()`. */
  readonly startMs: number;
  /** How the server ended by itself; undefined: it did not. */
  readonly death: string | undefined;
  /** Why workers were not replaced though they were to be. */
  readonly notRolled: string | undefined;
  /** What went wrong on the way, a sentence each. */
  readonly findings: readonly string[];
}

export interface SoakOrder {
  readonly server: ServerProcess;
  readonly adapter: AdapterName;
  /** Of the server's own configuration. */
  readonly drainMs: number;
  /** Whether it has worker threads, which can be replaced. */
  readonly hasThreads: boolean;
  readonly ground: Ground;
  readonly options: SoakOptions;
  readonly interrupt: AbortSignal;
  /** After each segment; `share`: of the soak. */
  onProgress(phase: PhaseName, share: number, counts: Readonly<Counts>, memoryBytes: number): void;
}

/** More than a terminal or a page has columns. */
const ROWS_MAX = 1200;
const SAMPLE_SECONDS_MAX = 1;
const SAMPLES_PER_SEGMENT = 8;
/** The first part of a segment: clients are still coming. */
const COMING_SHARE = 0.2;
/** The last part of a rest: connections have closed by then, and the beats have been published. */
const RESTED_SHARE = 0.5;
const REST_SAMPLES = 3;
/** While a worker is replaced nobody rests: how often it is looked again. */
const ROLL_LOOK_SECONDS = 0.2;
/** Assumed: one page may be late on a busy machine; of a server that tells nothing so often nothing can be judged. */
const UNSEEN_MAX = 5;
/** A server that has ended is heard of within this time. */
const DEATH_SECONDS_MAX = 1;

export async function soakServer(order: SoakOrder): Promise<Soaked> {
  const ended = new AbortController();
  const silent = new AbortController();
  let death: string | undefined;
  order.server.died.catch((error: unknown) => {
    death = error instanceof Error ? error.message : String(error);
    ended.abort();
  });
  const stop = AbortSignal.any([order.interrupt, ended.signal, silent.signal]);
  const soak = new Soak(order, stop, () => silent.abort());
  const reloads = order.options.reloadSeconds;
  const timer = reloads > 0 ? setInterval(() => soak.upkeep.reload(), reloads * 1000) : undefined;
  try {
    await soak.run();
    // What failed because the server is gone is told by its death, which may be heard of a moment later.
    if (silent.signal.aborted) await pause(DEATH_SECONDS_MAX, ended.signal);
  } catch (error) {
    await pause(DEATH_SECONDS_MAX, ended.signal);
    if (!ended.signal.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
  return { ...soak.result(death !== undefined), death };
}

class Soak {
  readonly upkeep: Upkeep;
  readonly #order: SoakOrder;
  readonly #stop: AbortSignal;
  readonly #onSilence: () => void;
  readonly #counts = noCounts();
  readonly #log = new FaultLog();
  readonly #clients: readonly SeededRandom[];
  readonly #sample: () => Promise<Sample>;
  readonly #blocks = new KeptBlocks();
  readonly #rows = new Thinned<SoakRow>(ROWS_MAX);
  readonly #startMs = performance.now();
  #server: ServerCounts | undefined;
  #notRolled: string | undefined;
  #unseenInTurn = 0;
  /** Of the last segment of full length: in the first moment of one it may be chance that nothing was answered. */
  #last: { readonly answered: number; readonly shed: number } | undefined;

  constructor(order: SoakOrder, stop: AbortSignal, onSilence: () => void) {
    const { options, server, hasThreads, drainMs } = order;
    this.#order = order;
    this.#stop = stop;
    this.#onSilence = onSilence;
    this.upkeep = new Upkeep(server, this.#counts, { hasThreads, rollMsEach: rollMsEach(drainMs) });
    this.#clients = Array.from({ length: options.clients }, (_, index) => new SeededRandom(options.seed, index));
    this.#sample = samplerOf(server);
  }

  async run(): Promise<void> {
    const { options, onProgress } = this.#order;
    const seconds = options.minutes === undefined ? undefined : options.minutes * 60;
    const schedule = scheduleOf(seconds, options.rollSeconds);
    await this.#look("steady", "rest");
    for (let share = 0; share < 1 && !this.#stop.aborted; share = this.#share(seconds)) {
      const phase = this.#notRolled === undefined ? phaseAt(schedule, share) : "steady";
      const { loadSeconds, restSeconds } = schedule.lengths[phase];
      if (phase === "rolling") this.#notRolled = await this.upkeep.roll(this.#stop);
      const leftSeconds = seconds === undefined ? loadSeconds : seconds * (1 - share) - restSeconds;
      const { requests, shed } = this.#counts;
      await this.#load(phase, Math.min(loadSeconds, leftSeconds));
      const last = { answered: this.#counts.requests - requests, shed: this.#counts.shed - shed };
      if (leftSeconds >= loadSeconds && last.answered + last.shed > 0) this.#last = last;
      const memory = await this.#rest(phase, restSeconds);
      onProgress(phase, Math.min(1, this.#share(seconds)), this.#counts, memory);
    }
  }

  /** @param hasDied what follows from that is no finding of its own */
  result(hasDied: boolean): Omit<Soaked, "death"> {
    return {
      seconds: this.#elapsedSeconds(),
      counts: this.#counts,
      faults: this.#log.faults,
      server: this.#server,
      blocks: this.#blocks.blocks,
      rows: this.#rows.rows,
      startMs: this.#startMs,
      notRolled: this.#notRolled,
      findings: hasDied ? [] : this.#findings(),
    };
  }

  #findings(): readonly string[] {
    const { finding } = this.upkeep;
    const isSilent = this.#unseenInTurn >= UNSEEN_MAX;
    const hasRefusedAll = this.#last !== undefined && this.#last.answered === 0 && this.#last.shed > 0;
    return [
      ...(finding === undefined ? [] : [finding]),
      ...(isSilent ? [`The soak ended early: ${UNSEEN_MAX} looks at the server's metrics failed in a row.`] : []),
      ...(hasRefusedAll
        ? [`In the last segment no request was answered as expected, and ${this.#last?.shed} were refused by a limit.`]
        : []),
    ];
  }

  async #load(phase: PhaseName, seconds: number): Promise<void> {
    // What is left of the time would be no segment.
    if (seconds <= 0) return;
    const { server, adapter, ground, options } = this.#order;
    const loadEnd = new AbortController();
    const target = { host: server.host, port: server.port };
    const load = runSegment({
      target,
      ground,
      clients: this.#clients,
      seconds,
      counts: this.#counts,
      log: this.#log,
      answerMsMax: ANSWER_MS_MAX,
      cutsUploads: !capabilities[adapter].drainUploads.has,
      requestsMax: options.requestsMax,
      isRolling: () => this.upkeep.isRolling,
      interrupt: this.#stop,
    }).finally(() => loadEnd.abort());
    const looks = this.#lookUntil(phase, Math.min(SAMPLE_SECONDS_MAX, seconds / SAMPLES_PER_SEGMENT), loadEnd.signal);
    const [samples] = await Promise.all([looks, load]);
    this.#keepBlock(phase, "load", samples.slice(Math.floor(samples.length * COMING_SHARE)));
  }

  /** @returns memory at its end */
  async #rest(phase: PhaseName, seconds: number): Promise<number> {
    while (this.upkeep.isUnderWay && !this.#stop.aborted) {
      await pause(ROLL_LOOK_SECONDS, this.#stop);
      await this.#look(phase, "rest");
    }
    if (!this.#stop.aborted) this.upkeep.endWait();
    await pause(seconds * (1 - RESTED_SHARE), this.#stop);
    const samples: Sample[] = [];
    for (let turn = 0; turn < REST_SAMPLES && !this.#stop.aborted; turn += 1) {
      samples.push(await this.#look(phase, "rest"));
      await pause((seconds * RESTED_SHARE) / REST_SAMPLES, this.#stop);
    }
    this.#keepBlock(phase, "rest", samples);
    return samples.at(-1)?.values.memory ?? Number.NaN;
  }

  async #lookUntil(phase: PhaseName, everySeconds: number, end: AbortSignal): Promise<readonly Sample[]> {
    const samples: Sample[] = [];
    while (!end.aborted) {
      samples.push(await this.#look(phase, "load"));
      await pause(everySeconds, end);
    }
    return samples;
  }

  async #look(phase: PhaseName, moment: Block["moment"]): Promise<Sample> {
    const sample = await this.#sample();
    if (sample.server) {
      this.#unseenInTurn = 0;
      this.#server = sample.server;
      this.upkeep.saw(sample.server);
    } else {
      this.#unseenInTurn += 1;
      this.#counts.unseen += 1;
      if (this.#unseenInTurn === UNSEEN_MAX) this.#onSilence();
    }
    this.#rows.add({ phase, moment, sample });
    return sample;
  }

  #keepBlock(phase: PhaseName, moment: Block["moment"], samples: readonly Sample[]): void {
    const block = blockOf(phase, moment, samples, this.#startMs);
    if (block) this.#blocks.add(block);
  }

  #share(seconds: number | undefined): number {
    if (seconds !== undefined) return this.#elapsedSeconds() / seconds;
    return outcomesOf(this.#counts) / this.#order.options.requestsMax;
  }

  #elapsedSeconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }
}
