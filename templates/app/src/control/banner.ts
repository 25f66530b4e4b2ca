/** What the server says of itself when it is up: text for people, the same facts as one log line for collectors. */
import type { ServerConfig } from "../config/schema.ts";
import type { LogFields } from "../log/line.ts";
import type { AdapterName } from "../runtime/capabilities.ts";
import type { AllocatorTruth } from "./allocator.ts";
import type { HostReading } from "./host.ts";

export interface BannerValues {
  /** "Bun 1.4.5". */
  readonly version: string;
  readonly adapter: AdapterName;
  /** Started by the launch, with the plan's flags and environment; otherwise the runtime's defaults apply. */
  readonly tuned: boolean;
  readonly allocator: AllocatorTruth;
  readonly host: HostReading;
  readonly config: ServerConfig;
  /** Addresses that are open, such as "http://127.0.0.1:8080". */
  readonly url: string;
  readonly adminUrl: string;
  /** Whose values these are; undefined: the project's own. */
  readonly profile?: string | undefined;
  readonly files: readonly string[];
  /** Settings that the user's file or the environment set. */
  readonly overrides: number;
  readonly notes: readonly string[];
  /** Where this host is not what the plan was made for. */
  readonly drift: readonly string[];
  /** What plans for this host. */
  readonly driftNext: string;
}

export function bannerText(values: BannerValues): string {
  const { version, adapter, allocator, config, files, overrides, notes } = values;
  const rows: readonly (readonly [string, string])[] = [
    ["runtime", `${version}, adapter ${adapter}, ${startText(values)}`],
    ["allocator", `${allocatorName(allocator)} (${allocator.evidence})`],
    ["", allocator.reason],
    ["machine", machineText(values.host)],
    ["workers", workersText(config)],
    ["memory", memoryText(config)],
    ["settings", `${files.join(", ")}; ${overrides} overridden`],
    ...notesOf(values, notes).map((note) => ["note", note] as const),
    ...driftRows(values),
    ["listening", values.url],
    ["admin", values.adminUrl],
  ];
  return rows.map(([name, text]) => `  ${name.padEnd(NAME_COLUMNS)}${text}\n`).join("");
}

const NAME_COLUMNS = 11;

/** Fields of the log line "started". */
export function bannerFields(values: BannerValues): LogFields {
  const { allocator, host, config } = values;
  return {
    version: values.version,
    adapter: values.adapter,
    tuned: values.tuned,
    allocator: allocator.backend,
    allocator_version: allocator.version,
    allocator_requested: allocator.requested,
    allocator_mapped: allocator.mapped,
    allocator_serving: allocator.serving,
    allocator_evidence: allocator.evidence,
    cpus: host.cpus,
    cpus_host: host.cpusHost,
    memory_bytes: host.memoryBytes,
    memory_host_bytes: host.memoryHostBytes,
    workers_mode: config.workers.mode,
    workers: config.workers.count,
    memory_limit_bytes: config.memory.limit_bytes,
    profile: values.profile,
    overrides: values.overrides,
    url: values.url,
    admin_url: values.adminUrl,
    notes: notesOf(values, values.notes).join(" ") || undefined,
    drift: values.drift.join("; ") || undefined,
  };
}

function driftRows({ drift, driftNext }: BannerValues): readonly (readonly [string, string])[] {
  if (drift.length === 0) return [];
  return [...drift.map((note) => ["drift", note] as const), ["", `retune the project for this host: ${driftNext}`]];
}

/**
 * A configured allocator that does not serve is worth a note whoever found it out. What was not seen is none: the
 * evidence says why.
 */
function notesOf({ allocator, tuned }: BannerValues, notes: readonly string[]): readonly string[] {
  const isKnown = notes.some((note) => note.startsWith("allocator.backend"));
  if (!tuned || allocator.serving !== false || isKnown) return notes;
  return [...notes, `allocator.backend = "${allocator.requested}" does not serve; ${allocatorName(allocator)} does.`];
}

function allocatorName({ backend, version }: AllocatorTruth): string {
  return version === undefined ? backend : `${backend} ${version}`;
}

function startText({ tuned }: BannerValues): string {
  return tuned ? "tuned" : "plain: the plan's flags, heap and allocator settings are not applied";
}

function machineText(host: HostReading): string {
  const memory =
    host.memoryBytes === undefined
      ? "memory unknown"
      : `${sizeText(host.memoryBytes)} of ${sizeText(host.memoryHostBytes ?? host.memoryBytes)}`;
  const kernel = host.kernel === undefined ? host.os : `${host.os} ${host.kernel}`;
  const libc = host.libc === "none" ? "" : `, ${host.libc}`;
  const missing = host.missing ? ` (${host.missing})` : "";
  return `${round(host.cpus)} of ${host.cpusHost} CPUs, ${memory}, ${host.arch}, ${kernel}${libc}${missing}`;
}

function workersText({ workers }: ServerConfig): string {
  if (workers.mode === "inline") return "inline, in the main thread";
  return workers.count === 1 ? "1 thread" : `${workers.count} threads on one port`;
}

function memoryText({ memory }: ServerConfig): string {
  const rows = [
    ["base", memory.base_bytes],
    ["heaps", memory.heaps_bytes],
    ["zones", memory.zones_bytes],
    ["connections", memory.connections_bytes],
    ["bodies", memory.bodies_bytes],
    // Nothing is kept for features in a server without such, nor for buffers that are not used again.
    ...(memory.features_bytes > 0 ? ([["features", memory.features_bytes]] as const) : []),
    ...(memory.scratch_bytes > 0 ? ([["scratch", memory.scratch_bytes]] as const) : []),
    ["headroom", memory.headroom_bytes],
  ] as const;
  const sum = rows.map(([name, bytes]) => `${name} ${sizeText(bytes)}`).join(" + ");
  return `${sum} <= ${sizeText(memory.limit_bytes)}`;
}

const SIZE_NAMES = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

function sizeText(bytes: number): string {
  const step = Math.min(SIZE_NAMES.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${round(bytes / 1024 ** step)} ${SIZE_NAMES[step]}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
