/**
 * Whether this host still is what the plan was made for, told by effect: facts waver, and only what a setting would
 * follow is a drift. The rules stay with the generator; beside each fact it records how far the fact may move before
 * it would plan otherwise. A setting that the user overrides or pins is the user's, and does not drift.
 *
 * Where the facts come from: /proc and /sys, which Bun's process reads, and Deno's control plane with all permissions;
 * Deno's inline server may not, and has the launch's reading. What cannot be read is no drift.
 * Pure: the running server and the doctor ask it alike. Source of the bounds: [target] of the tuned file.
 */
import type { LoadedConfig } from "../config/load.ts";
import type { ServerConfig, SettingKey } from "../config/schema.ts";
import { grantedMemory } from "./granted-memory.ts";
import type { HostReading } from "./host.ts";

/** A setting stands for those that are planned with it. The labels of a metric: few, and fixed. */
export type DriftSetting = Extract<
  SettingKey,
  "workers.count" | "memory.limit_bytes" | "limits.connections_max" | "server.backlog_max" | "allocator.backend"
>;

export interface DriftRow {
  readonly setting: DriftSetting;
  /** "own": overridden or pinned. "unknown": the fact is not recorded, or cannot be read here. */
  readonly verdict: "fits" | "drift" | "own" | "unknown";
  /** "planned for 4 CPUs, this host grants 2"; "" unless it is a drift. */
  readonly note: string;
}

export type DriftHost = Pick<HostReading, "os" | "cpus" | "memoryBytes" | "nofile" | "somaxconn" | "missing">;

/** What is the matter with a setting; "": nothing; undefined: nobody knows. */
type Look = (config: ServerConfig, host: DriftHost) => string | undefined;

export function checkDrift(
  { config, origin, pins }: Pick<LoadedConfig, "config" | "origin" | "pins">,
  host: DriftHost,
): readonly DriftRow[] {
  return (Object.keys(looks) as DriftSetting[]).map((setting) => {
    const note = looks[setting](config, host);
    if (note === undefined) return { setting, verdict: "unknown", note: "" };
    if (note === "") return { setting, verdict: "fits", note };
    const isOwn = pins.includes(setting) || (origin[setting] ?? "tuned") !== "tuned";
    return isOwn ? { setting, verdict: "own", note: "" } : { setting, verdict: "drift", note };
  });
}

/** The rows that are a drift, as lines for people. */
export function driftNotes(rows: readonly DriftRow[]): readonly string[] {
  return rows.filter(({ verdict }) => verdict === "drift").map(({ setting, note }) => `${setting}: ${note}`);
}

const looks: Readonly<Record<DriftSetting, Look>> = {
  "workers.count": ({ target }, { cpus, missing }) => {
    const { cpu_millis, cpu_millis_low, cpu_millis_high } = target;
    // Without /proc and /sys no quota is seen, which may be tighter than the affinity.
    if (cpu_millis === undefined || cpu_millis_low === undefined || missing !== "") return undefined;
    const millis = Math.round(1000 * cpus);
    if (isWithin(millis, cpu_millis_low, cpu_millis_high)) return "";
    return `planned for ${cpusText(cpu_millis)}, this host grants ${millis / 1000}`;
  },
  "memory.limit_bytes": (config, { memoryBytes, missing }) => {
    // Nor a control group's limit: what was read is the machine's own memory.
    if (missing !== "") return undefined;
    const planned = config.target.memory_bytes;
    const granted = grantedMemory(config, memoryBytes, planned ?? 0);
    if (planned === undefined || granted === undefined) return undefined;
    const tolerance = (planned * config.watchdog.drift_percent) / 100;
    if (isWithin(granted, planned - tolerance, planned + tolerance)) return "";
    return `planned for ${mib(planned)} MiB of memory, this host grants ${mib(granted)}`;
  },
  "limits.connections_max": ({ target, limits }, { nofile }) =>
    compared(target.nofile, nofile, [limits.nofile_min, target.nofile_high], "file descriptors, this process has"),
  "server.backlog_max": ({ target, server }, { somaxconn }) => {
    // Where the runtime fixes the backlog, no setting follows the kernel's bound.
    if (server.backlog_max === undefined) return target.somaxconn === undefined ? undefined : "";
    const bounds = [server.backlog_max, target.somaxconn_high] as const;
    return compared(target.somaxconn, somaxconn, bounds, "waiting connections at most, net.core.somaxconn is");
  },
  "allocator.backend": ({ target }, { os }) => {
    if (target.os === undefined) return undefined;
    // Other systems are alike: none of them lets a malloc library be chosen.
    if (canChoose(target.os) === canChoose(os)) return "";
    return `planned for ${target.os}, this is ${os}`;
  },
};

function compared(
  planned: number | undefined,
  live: number | undefined,
  [low, high]: readonly [number, number | undefined],
  what: string,
): string | undefined {
  if (planned === undefined || live === undefined) return undefined;
  return isWithin(live, low, high) ? "" : `planned for ${planned} ${what} ${live}`;
}

function isWithin(value: number, low: number, high: number | undefined): boolean {
  return value >= low && (high === undefined || value <= high);
}

function canChoose(os: string): boolean {
  return os === "linux";
}

function cpusText(millis: number): string {
  return millis === 1000 ? "1 CPU" : `${millis / 1000} CPUs`;
}

function mib(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}
