/**
 * Which malloc really serves this process. Idea: a setting or a variable proves nothing (a wrong path leaves exit code 0,
 * and Bun loads a preloaded allocator without ever calling it), so the answer comes from the process's own mappings.
 */
import type { RuntimeName } from "../runtime/capabilities.ts";

export interface AllocatorTruth {
  /** What serves. */
  readonly backend: "mimalloc" | "jemalloc" | "tcmalloc" | "glibc" | "system";
  /** Whether that is what the configuration asks for. */
  readonly serving: boolean;
  /** What was seen. */
  readonly evidence: string;
  /** Why it is this one: a sentence. */
  readonly reason: string;
}

export interface AllocatorEvidence {
  readonly runtime: RuntimeName;
  /** "linux", "darwin", "win32". */
  readonly os: string;
  /** allocator.backend. */
  readonly requested: string;
  /** LD_PRELOAD as this process was started with. */
  readonly preload: string | undefined;
  /** Text of /proc/self/maps; undefined when this process may not read it. */
  readonly maps: string | undefined;
  /** The library that the launch saw the loader accept; counts when `maps` is not readable. */
  readonly accepted: string | undefined;
}

export function allocatorTruth(evidence: AllocatorEvidence): AllocatorTruth {
  return evidence.runtime === "bun" ? bunTruth(evidence) : denoTruth(evidence);
}

function bunTruth({ os, requested, maps = "" }: AllocatorEvidence): AllocatorTruth {
  const idle = mappedLibraries(maps)[0];
  // Bun overrides malloc with its mimalloc on Linux only; elsewhere JavaScriptCore and native code use the system's.
  if (os !== "linux") {
    return {
      backend: "system",
      serving: requested === "system" || requested === "mimalloc",
      evidence: `Bun on ${os}`,
      reason: "Bun uses its own mimalloc inside and leaves the system's malloc to native code.",
    };
  }
  return {
    backend: "mimalloc",
    serving: requested === "mimalloc" || requested === "system",
    evidence: idle ? `linked into Bun; ${idle} is mapped and serves nothing` : "linked into Bun",
    reason: "Bun's calls to malloc are bound to its own mimalloc when it is built; a preload cannot replace it.",
  };
}

function denoTruth(evidence: AllocatorEvidence): AllocatorTruth {
  const { os, requested, maps, accepted } = evidence;
  if (os !== "linux") {
    return {
      backend: "system",
      serving: requested === "system",
      evidence: `Deno on ${os}`,
      reason: "Deno uses the system's malloc; preloading another needs Linux.",
    };
  }
  // The loader resolves malloc in the first preloaded library that has it.
  const preloads = (evidence.preload ?? "").split(/[: ]+/).filter((path) => kindOf(path) !== undefined);
  const mapped = maps === undefined ? undefined : mappedLibraries(maps);
  const first = preloads.find((path) => (mapped ? isMapped(path, mapped) : path === accepted));
  const backend = first === undefined ? undefined : kindOf(first);
  if (first !== undefined && backend !== undefined) {
    const seen = mapped ? "is mapped and preloaded first" : "was accepted by the loader before the start";
    const reason = "Deno imports malloc from outside, so a preloaded library takes it over.";
    return { backend, serving: requested === backend, evidence: `${first} ${seen}`, reason };
  }
  return {
    backend: "glibc",
    serving: requested === "glibc" || requested === "system",
    evidence: glibcEvidence(preloads, mapped),
    reason: "Deno imports malloc from the system's C library unless another is preloaded.",
  };
}

function glibcEvidence(preloads: readonly string[], mapped: readonly string[] | undefined): string {
  if (preloads.length === 0) return "nothing is preloaded";
  return mapped
    ? `${preloads.join(", ")} is not mapped: the loader ignored it`
    : `${preloads.join(", ")} is preloaded, but this process may not read its mappings: unproven`;
}

const LIBRARY_NAME = /(?:^|\/)lib(mimalloc|jemalloc|tcmalloc)(?:[_-][\w-]+)?\.so[\d.]*$/;

function kindOf(path: string): "mimalloc" | "jemalloc" | "tcmalloc" | undefined {
  const name = LIBRARY_NAME.exec(path)?.[1];
  return name === "mimalloc" || name === "jemalloc" || name === "tcmalloc" ? name : undefined;
}

/** Paths of malloc libraries with an executable mapping, each once. */
function mappedLibraries(maps: string): readonly string[] {
  const paths = maps.split("\n").flatMap((line) => /^\S+ ..x\S* .*?(\/.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(paths.filter((path) => kindOf(path) !== undefined))];
}

/** The kernel shows the file behind a link: libmimalloc.so.2 is mapped as libmimalloc.so.2.0. */
function isMapped(path: string, mapped: readonly string[]): boolean {
  return mapped.some((file) => file === path || kindOf(file) === kindOf(path));
}
