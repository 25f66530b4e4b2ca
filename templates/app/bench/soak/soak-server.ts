/** The soak itself: segments of load and rest until the time is over, with the server looked at all the while. */
import { type AdapterName, capabilities } from "../../src/runtime/capabilities.ts";
import { pause } from "../method/pause.ts";
import type { ServerProcess } from "../server/server-process.ts";
import { type Block, blockOf, type PhaseName } from "./blocks.ts";
import { type Counts, noCounts } from "./counts.ts";
import { FaultLog } from "./fault-log.ts";
import type { Ground } from "./mixture.ts";
import type { SoakOptions } from "./options.ts";
import { runSegment } from "./run-segment.ts";
import { phaseAt, scheduleOf } from "./schedule.ts";
import { SeededRandom } from "./seeded-random.ts";
import { type Sample, type ServerCounts, samplerOf } from "./take-sample.ts";
import { Thinned } from "./thinned.ts";
import { Upkeep } from "./upkeep.ts";

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
}

export interface SoakOrder {
  readonly server: ServerProcess;
  readonly adapter: AdapterName;
  readonly ground: Ground;
  readonly options: SoakOptions;
  readonly interrupt: AbortSignal;
  /** After each segment; `share`: of the soak. */
  onProgress(phase: PhaseName, share: number, counts: Readonly<Counts>, memoryBytes: number): void;
}

/** Two blocks to a segment: some thousand segments, 17 hours at a minute each, before every second one is dropped. */
const BLOCKS_MAX = 2048;
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

export async function soakServer(order: SoakOrder): Promise<Soaked> {
  const ended = new AbortController();
  let death: string | undefined;
  order.server.died.catch((error: unknown) => {
    death = error instanceof Error ? error.message : String(error);
    ended.abort();
  });
  const stop = AbortSignal.any([order.interrupt, ended.signal]);
  const soak = new Soak(order, stop);
  const reloads = order.options.reloadSeconds;
  const timer = reloads > 0 ? setInterval(() => soak.upkeep.reload(), reloads * 1000) : undefined;
  try {
    await soak.run();
  } catch (error) {
    // What failed because the server is gone is told by its death, which may be heard of a moment later.
    await pause(1, ended.signal);
    if (!ended.signal.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
  return { ...soak.result(), death };
}

class Soak {
  readonly upkeep: Upkeep;
  readonly #order: SoakOrder;
  readonly #stop: AbortSignal;
  readonly #counts = noCounts();
  readonly #log = new FaultLog();
  readonly #clients: readonly SeededRandom[];
  readonly #sample: () => Promise<Sample>;
  readonly #blocks = new Thinned<Block>(BLOCKS_MAX);
  readonly #rows = new Thinned<SoakRow>(ROWS_MAX);
  readonly #startMs = performance.now();
  #server: ServerCounts | undefined;
  #notRolled: string | undefined;

  constructor(order: SoakOrder, stop: AbortSignal) {
    const { options, server } = order;
    this.#order = order;
    this.#stop = stop;
    this.upkeep = new Upkeep(server, this.#counts);
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
      if (phase === "rolling") this.#notRolled = await this.upkeep.roll();
      const leftSeconds = seconds === undefined ? loadSeconds : seconds * (1 - share) - restSeconds;
      await this.#load(phase, Math.min(loadSeconds, leftSeconds));
      const memory = await this.#rest(phase, restSeconds);
      onProgress(phase, Math.min(1, this.#share(seconds)), this.#counts, memory);
    }
  }

  result(): Omit<Soaked, "death"> {
    return {
      seconds: this.#elapsedSeconds(),
      counts: this.#counts,
      faults: this.#log.faults,
      server: this.#server,
      blocks: this.#blocks.rows,
      rows: this.#rows.rows,
      startMs: this.#startMs,
      notRolled: this.#notRolled,
    };
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
    this.#server = sample.server;
    this.upkeep.saw(sample.server);
    this.#rows.add({ phase, moment, sample });
    return sample;
  }

  #keepBlock(phase: PhaseName, moment: Block["moment"], samples: readonly Sample[]): void {
    const block = blockOf(phase, moment, samples, this.#startMs);
    if (block) this.#blocks.add(block);
  }

  #share(seconds: number | undefined): number {
    if (seconds !== undefined) return this.#elapsedSeconds() / seconds;
    return this.#counts.requests / this.#order.options.requestsMax;
  }

  #elapsedSeconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }
}
