/** The circumstances that belong to the figures: without them no figure can be compared with another. */
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import type { ServerConfig } from "../../src/config/schema.ts";
import type { HostReading } from "../../src/control/host.ts";
import type { AdapterName } from "../../src/runtime/capabilities.ts";
import { type GeneratorName, generatorNote } from "../load/make-load.ts";
import type { ReportContext } from "../report/document.ts";
import { limitsOff } from "../server/limits-off.ts";
import type { Pinning } from "../server/pinning.ts";
import { type NoiseReading, noiseNote } from "./noise.ts";
import { generatorThreadsOf, isQuotaShared, serverCpusOf } from "./server-cpus.ts";
import { PROC_REASON } from "./server-meter.ts";
import { settingsDigest } from "./settings-digest.ts";

export interface ContextSources {
  readonly config: ServerConfig;
  readonly features: readonly string[];
  readonly runtime: { readonly version: string; readonly adapter: AdapterName };
  readonly pinning: Pinning;
  /** Read before this process was pinned. */
  readonly host: HostReading;
  readonly cpuModel: string | null;
  readonly governor: string | null;
  readonly loadAverage: number;
  readonly noise: NoiseReading;
  readonly startedAt: Date;
  readonly quick: boolean;
  readonly generator: GeneratorName;
  /** What the servers said of themselves; undefined: none of this project was started. */
  readonly server: { readonly allocator: string; readonly notes: string } | undefined;
}

export function reportContext(sources: ContextSources): ReportContext {
  const { config, runtime, pinning, host, noise } = sources;
  return {
    runtime: runtime.version,
    adapter: runtime.adapter,
    allocator: sources.server?.allocator ?? "not asked: no server of this project was started",
    workers_mode: config.workers.mode,
    workers: config.workers.count,
    server_cpus: serverCpusOf(config, {}, pinning, host),
    settings_digest: settingsDigest(config),
    features: sources.features,
    started_at: sources.startedAt.toISOString(),
    quick: sources.quick,
    pinning: pinning.pinned
      ? {
          server_cpus: pinning.serverCpus,
          server_cores: pinning.serverCores,
          generator_cpus: pinning.generatorCpus,
          reason: null,
        }
      : { server_cpus: [], server_cores: null, generator_cpus: [], reason: pinning.reason },
    host: {
      os: host.os,
      arch: host.arch,
      kernel: host.kernel ?? null,
      libc: host.libc,
      cpu_model: sources.cpuModel,
      cpus: host.cpus,
      cpus_host: host.cpusHost,
      memory_bytes: host.memoryBytes ?? null,
      governor: sources.governor,
      transparent_huge_pages: host.transparentHugePages ?? null,
      load_average: sources.loadAverage,
    },
    noise: noise.noise,
    notes: notesOf(sources),
  };
}

/** The last two words of a report: how its server differs from the real one, and what makes its figures weak. */
function notesOf({
  config,
  pinning,
  host,
  noise,
  governor,
  quick,
  generator,
  server,
}: ContextSources): readonly string[] {
  const { mode, count } = config.workers;
  const cores = pinning.pinned ? pinning.serverCpus.length : Math.floor(host.cpus);
  const { keys: off } = limitsOff(config);
  const quiet = noiseNote(noise);
  const tool = generatorNote(generator);
  return [
    ...(quick ? ["--quick: one short run of each case. It shows that all works; it proves nothing."] : []),
    ...(quiet === undefined ? [] : [quiet]),
    ...(governor === null || governor === "performance"
      ? []
      : [`CPU governor ${governor}: the clock may change while it is measured.`]),
    ...(tool === undefined ? [] : [tool]),
    ...(pinning.pinned
      ? []
      : [`Server and generator are NOT pinned: ${pinning.reason}. They take CPU time from each other.`]),
    ...quotaNotes({ config, pinning, host }),
    ...(PROC_REASON === undefined ? [] : [`CPU time and memory are not measured: ${PROC_REASON}.`]),
    ...(config.tls.mode === "off" ? [] : ["TLS is off for the bench; its cost is not in the figures."]),
    ...(off.length === 0 ? [] : [`${off.join(", ")}: 0 for the bench, whose one client is meant to be too much.`]),
    ...(mode === "threads" && count > cores ? [`${count} workers share ${cores} CPU${cores === 1 ? "" : "s"}.`] : []),
    ...(server && server.notes !== "" ? [`The server says: ${server.notes}`] : []),
  ];
}

function quotaNotes({ config, pinning, host }: Pick<ContextSources, "config" | "pinning" | "host">): readonly string[] {
  const serverCpus = serverCpusOf(config, {}, pinning, host);
  const threads = generatorThreadsOf(pinning, host, serverCpus);
  if (!isQuotaShared(pinning, host, serverCpus, threads)) return [];
  return [
    `Pinning does not separate server and generator: the server can fill ${serverCpus} and the generator ${threads} of ` +
      `the CPUs, and a quota gives ${host.cpus} to both together. They take CPU time from each other.`,
  ];
}

export function readCpuModel(): string | null {
  const model = cpus()[0]?.model.trim() ?? "";
  return model === "" ? null : model;
}

/** Virtual machines mostly have none. */
export function readGovernor(): string | null {
  try {
    return readFileSync("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "utf8").trim();
  } catch {
    return null;
  }
}
