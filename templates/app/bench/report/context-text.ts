/** The circumstances in sentences, for the head of the terminal's report and of the page. */
import type { BenchReport, ReportContext } from "./document.ts";
import { cpuListText } from "./meaning.ts";

export function serverText({ runtime, adapter, allocator, workers_mode, workers, features }: ReportContext): string {
  const threads = workers_mode === "inline" ? "no worker threads" : workers === 1 ? "1 worker" : `${workers} workers`;
  return `${runtime}, adapter ${adapter}, ${allocator}, ${threads}, ${features.length} features`;
}

export function machineText({ host, server_cpus }: ReportContext): string {
  const memory = host.memory_bytes === null ? "" : `, ${(host.memory_bytes / 2 ** 30).toFixed(1)} GiB`;
  const cpus = host.cpus === host.cpus_host ? `${host.cpus} CPUs` : `${host.cpus} of ${host.cpus_host} CPUs`;
  const model = host.cpu_model === null ? "" : ` (${host.cpu_model})`;
  const kernel = host.kernel === null ? "" : ` ${host.kernel}`;
  return `${cpus}${model}${memory}; ${host.os}${kernel} ${host.arch}, ${host.libc}; the server can fill ${server_cpus}`;
}

export function pinningText({ pinning }: ReportContext): string {
  if (pinning.reason !== null) return `not pinned: ${pinning.reason}`;
  return `server on CPU ${cpuListText(pinning.server_cpus)}, generator on CPU ${cpuListText(pinning.generator_cpus)}`;
}

export function noiseText({ host, noise }: ReportContext): string {
  const governor = host.governor === null ? "governor not readable" : `governor ${host.governor}`;
  const load = `load average ${host.load_average.toFixed(2)}`;
  if (noise === null) return `${governor}, ${load}; noise not measured`;
  const word = noise.quiet ? "quiet" : "NOT quiet";
  const ratios = `equal work took ${noise.median_ratio.toFixed(2)} times the fastest (median), ${noise.p99_ratio.toFixed(2)} (p99)`;
  return `${governor}, ${load}; ${ratios}: ${word}`;
}

export function startedText({ started_at, settings_digest }: ReportContext): string {
  return `${started_at.replace("T", " ").replace(/\.\d+Z$/, "Z")}, settings ${settings_digest.slice(0, 12)}`;
}

/** Head of a report: what each circumstance is called, and what it was. */
export function contextRows({ context }: Pick<BenchReport, "context">): readonly (readonly [string, string])[] {
  return [
    ["server", serverText(context)],
    ["machine", machineText(context)],
    ["CPUs", pinningText(context)],
    ["noise", noiseText(context)],
    ["started", startedText(context)],
  ];
}
