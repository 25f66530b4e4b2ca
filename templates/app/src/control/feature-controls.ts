/**
 * The control plane's side of the features: their shared memory, what they prepare for the workers, their admin paths
 * and their metrics.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Answer, ControlHooks, ControlServices, Feature } from "../http/feature.ts";
import type { Logger } from "../log/logger.ts";
import type { Resource, ThreadPort } from "../runtime/port.ts";
import { counterLines, counterRows, createCounters } from "../zones/feature-counters.ts";
import { workerRows, zoneShape } from "../zones/shape.ts";
import { BEAT_MS, workerZones } from "../zones/zones.ts";
import type { FeatureParts } from "./protocol.ts";

export interface FeatureControlOptions {
  readonly features: readonly Feature[];
  readonly config: ServerConfig;
  readonly logger: Logger;
  readonly zones: SharedArrayBuffer;
  readonly rssBytes: () => number;
  readonly runtime: ControlServices["runtime"];
  /** Prepares all features anew and tells the workers. */
  readonly reload: () => void;
}

/** By the feature's name. */
type Prepared = Readonly<Record<string, unknown>>;

export class FeatureControls {
  readonly #options: FeatureControlOptions;
  readonly #parts = new Map<string, { counters: SharedArrayBuffer; zone: SharedArrayBuffer; prepared: unknown }>();
  readonly #hooks: ControlHooks[] = [];
  readonly #listeners = new Map<string, NonNullable<ControlHooks["message"]>>();
  /** Our ends of the workers' channels, by worker and feature. */
  readonly #ports = new Map<string, ThreadPort>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  /** The reload that has not begun: whoever asks meanwhile gets it. */
  #next: Promise<Prepared> | undefined;
  #reloaded: Prepared | undefined;

  private constructor(options: FeatureControlOptions) {
    this.#options = options;
  }

  /** Throws Error with the feature's reason when one cannot be prepared. */
  static async start(options: FeatureControlOptions): Promise<FeatureControls> {
    const controls = new FeatureControls(options);
    for (const feature of options.features) await controls.#add(feature);
    if (controls.#hooks.some((hook) => hook.tick)) controls.#timer = setInterval(() => controls.#tick(), BEAT_MS);
    return controls;
  }

  /** What a worker gets at its start, by the feature's name. The ports are new ones each time. */
  partsFor(worker: number): Readonly<Record<string, FeatureParts>> {
    return Object.fromEntries(
      [...this.#parts].map(([name, part]) => [name, { ...part, port: this.#connect(name, worker) }]),
    );
  }

  get admin(): readonly Resource[] {
    return this.#hooks.flatMap((hook) => hook.admin ?? []);
  }

  /** What the last reload prepared; undefined: there was none. */
  get reloaded(): Prepared | undefined {
    return this.#reloaded;
  }

  /**
   * Prepares all features anew; nothing changes when one of them fails. Returns what the workers must be told. One at a
   * time: of two at once the older could end last, and would stay.
   */
  reload(): Promise<Prepared> {
    this.#next ??= this.#reloading.then(() => {
      this.#next = undefined;
      return this.#prepareAnew();
    });
    this.#reloading = this.#next.catch(() => undefined);
    return this.#next;
  }

  async #prepareAnew(): Promise<Prepared> {
    const { features, config, logger } = this.#options;
    const prepared: [string, unknown][] = [];
    for (const feature of features) prepared.push([feature.name, await feature.prepare?.(config, logger)]);
    for (const [name, value] of prepared) {
      const part = this.#parts.get(name);
      if (part) part.prepared = value;
    }
    this.#reloaded = Object.fromEntries(prepared);
    return this.#reloaded;
  }

  metrics(): string {
    const { features } = this.#options;
    const counted = features.map((feature) => {
      const part = this.#parts.get(feature.name);
      const definitions = feature.counters ?? [];
      return part ? counterLines(counterRows(part.counters, definitions), definitions) : "";
    });
    return [...counted, ...this.#hooks.map((hook) => hook.metrics?.() ?? "")].join("");
  }

  /** What the features hold, by what it is for. */
  memory(): Readonly<Record<string, number>> {
    return Object.assign({}, ...this.#hooks.map((hook) => hook.memory?.() ?? {})) as Record<string, number>;
  }

  reclaim(worker: number): void {
    for (const hook of this.#hooks) hook.reclaim?.(worker);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const hook of this.#hooks) hook.stop?.();
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  async #add(feature: Feature): Promise<void> {
    const { config, logger, zones, rssBytes, runtime, reload } = this.#options;
    const definitions = feature.counters ?? [];
    const counters = createCounters(workerRows(config), definitions);
    const zone = new SharedArrayBuffer(feature.zoneBytes?.(config) ?? 0);
    this.#parts.set(feature.name, { counters, zone, prepared: await feature.prepare?.(config, logger) });
    const shape = zoneShape(config);
    const hooks = feature.control?.({
      config,
      logger,
      zone,
      counters: counterRows(counters, definitions),
      zones: Array.from({ length: shape.workers }, (_, index) => workerZones(zones, shape, index)),
      rssBytes,
      runtime,
      reload,
    });
    if (hooks) this.#hooks.push(hooks);
    if (hooks?.message) this.#listeners.set(feature.name, hooks.message);
  }

  /** The worker's end of a channel to the feature's control side, where that listens. */
  #connect(feature: string, worker: number): ThreadPort | undefined {
    const listener = this.#listeners.get(feature);
    if (!listener) return undefined;
    const key = `${worker} ${feature}`;
    this.#ports.get(key)?.close();
    const channel = new MessageChannel();
    const port = channel.port1 as unknown as ThreadPort;
    const answer: Answer = (message, transfer) => port.postMessage(message, transfer);
    port.onmessage = (event) => listener(event.data, answer, worker);
    this.#ports.set(key, port);
    return channel.port2 as unknown as ThreadPort;
  }

  #tick(): void {
    for (const hook of this.#hooks) hook.tick?.();
  }
}

/** Files and folders that the features' workers must be allowed to read. */
export function featureReads(features: readonly Feature[], config: ServerConfig): readonly string[] {
  return features.flatMap((feature) => feature.reads?.(config) ?? []);
}
