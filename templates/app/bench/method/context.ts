/** The circumstances that belong to the figures: without them no figure can be compared with another. */
import { cpus } from "node:os";
import type { ServerConfig } from "../../src/config/schema.ts";
import type { HostReading } from "../../src/control/host.ts";
import type { AdapterName } from "../../src/runtime/capabilities.ts";
import type { BenchOptions } from "../cli/options.ts";
import { limitsOff } from "../server/limits-off.ts";
import type { Pinning } from "../server/pinning.ts";

export interface BenchContext {
  /** "Bun 1.4.5". */
  readonly version: string;
  readonly adapter: AdapterName;
  readonly allocator: string;
  readonly workersMode: "threads" | "inline";
  readonly workers: number;
  /** CPUs that the server can keep busy: the least of its workers, its cores and the quota. */
  readonly serverCpus: number;
  readonly generator: BenchOptions["generator"];
  readonly pinning: Pinning;
  readonly host: HostReading;
  readonly cpuModel: string | undefined;
  /** Why CPU times and memory could not be read; undefined when they were. */
  readonly missing: string | undefined;
  /** How the measured server differs from the one that `npm start` starts. */
  readonly notes: readonly string[];
}

export interface ContextSources {
  readonly config: ServerConfig;
  readonly runtime: { readonly version: string; readonly adapter: AdapterName };
  readonly options: BenchOptions;
  readonly pinning: Pinning;
  /** Read before this process was pinned. */
  readonly host: HostReading;
  readonly allocator: string;
  readonly missing: string | undefined;
}

export function benchContext(sources: ContextSources): BenchContext {
  const { config, runtime, options, pinning, host } = sources;
  const { mode, count } = config.workers;
  const cores = pinning.pinned ? pinning.serverCpus.length : host.cpus;
  const { keys: off } = limitsOff(config);
  const notes = [
    ...(config.tls.mode === "off" ? [] : ["TLS is off for the bench; its cost is not in the figures."]),
    ...(off.length === 0 ? [] : [`${off.join(", ")}: 0 for the bench, whose one client is meant to be too much.`]),
    ...(mode === "threads" && count > cores ? [`${count} workers share ${cores} CPU${cores === 1 ? "" : "s"}.`] : []),
    ...(options.connections > config.limits.in_flight_max
      ? ["There are more connections than limits.in_flight_max: asynchronous handlers answer 503 above it."]
      : []),
  ];
  return {
    version: runtime.version,
    adapter: runtime.adapter,
    allocator: sources.allocator,
    workersMode: mode,
    workers: count,
    serverCpus: Math.min(mode === "inline" ? 1 : count, cores, host.cpus),
    generator: options.generator,
    pinning,
    host,
    cpuModel: cpuModel(),
    missing: sources.missing,
    notes,
  };
}

function cpuModel(): string | undefined {
  const model = cpus()[0]?.model.trim();
  return model === "" ? undefined : model;
}
