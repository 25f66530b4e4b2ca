/** The allocators that this runtime can be started under here, and those that it could if they were installed. */
import process from "node:process";
import { findLibrary, type PreloadBackend } from "../../src/config/allocator-library.ts";
import {
  type AllocatorProfile,
  type AllocatorTuning,
  bunVariables,
  glibcTuning,
  libraryTuning,
} from "../../src/config/allocator-variables.ts";
import { installCommand } from "../../src/config/install-command.ts";
import { loaderProbe } from "../../src/config/loader-probe.ts";
import { type HostReading, readOsRelease } from "../../src/control/host.ts";
import { type AdapterName, runtimeOf } from "../../src/runtime/capabilities.ts";

export interface Backend {
  /** Key of the JSON: "jemalloc", or "mimalloc-lean" for a profile of Bun's. */
  readonly name: string;
  /** Column of the tables. */
  readonly label: string;
  /** As allocator.backend: what the process must prove to be served by. */
  readonly requested: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Preloaded; undefined: nothing is. */
  readonly library: string | undefined;
}

export interface Missing {
  readonly name: string;
  /** A clause. */
  readonly reason: string;
}

export interface Backends {
  readonly present: readonly Backend[];
  readonly missing: readonly Missing[];
}

export function findBackends(adapter: AdapterName, host: HostReading, profile: AllocatorProfile): Backends {
  if (runtimeOf(adapter) === "bun") return { present: bunProfiles(), missing: [] };
  if (host.os === "linux") return linuxBackends(host, profile);
  const missing = preloads.map((name) => ({ name, reason: "preloading needs Linux" }));
  return { present: [backendOf("system", { variables: {}, notes: [] })], missing };
}

/** Nothing can replace Bun's mimalloc, so its profiles are what can be compared. */
function bunProfiles(): readonly Backend[] {
  const profiles = ["balanced", "throughput", "lean"] as const;
  return profiles.map((profile) => ({
    name: `mimalloc-${profile}`,
    label: profile,
    requested: "mimalloc",
    environment: bunVariables(profile),
    library: undefined,
  }));
}

const preloads = ["mimalloc", "jemalloc", "tcmalloc"] as const satisfies readonly PreloadBackend[];

/** Each as the server would be started under it. */
function linuxBackends(host: HostReading, profile: AllocatorProfile): Backends {
  const { arch, transparentHugePages } = host;
  const present = [backendOf("glibc", glibcTuning(profile, transparentHugePages))];
  const missing: Missing[] = [];
  const probe = loaderProbe(process.execPath, host);
  const osRelease = readOsRelease();
  for (const name of preloads) {
    const finding = findLibrary(name, arch, probe, installCommand(name, osRelease));
    if ("path" in finding) {
      present.push(backendOf(name, libraryTuning(name, profile, transparentHugePages, finding), finding.path));
    } else {
      missing.push({ name, reason: finding.reason });
    }
  }
  return { present, missing };
}

function backendOf(name: string, { variables }: AllocatorTuning, library?: string): Backend {
  const environment = library === undefined ? variables : { ...variables, LD_PRELOAD: library };
  return { name, label: name, requested: name, environment, library };
}
