/**
 * Which malloc really serves this process. Idea: a setting or a variable proves nothing (a wrong path leaves exit code 0,
 * and Bun loads a preloaded allocator without ever calling it), so the answer comes from the process itself: whose
 * `malloc` it is bound to, and whose books a buffer appears in (MallocProof). Where it may not ask, the mappings count;
 * where it may not read those, a trial before the start is told as what it is, and nothing is claimed.
 */
import { type PreloadBackend, preloadBackendOf, preloadPaths } from "../config/allocator-library.ts";
import type { Preload } from "../config/launch-facts.ts";
import type { RuntimeName } from "../runtime/capabilities.ts";
import type { MallocProof } from "../runtime/port.ts";

export interface AllocatorTruth {
  /** allocator.backend. */
  readonly requested: string;
  /** What serves, as far as it was seen. */
  readonly backend: "mimalloc" | "jemalloc" | "tcmalloc" | "glibc" | "system" | "other";
  /** Of what serves; undefined: it does not tell. */
  readonly version: string | undefined;
  /** Whether what is requested is in this process; undefined: it cannot be seen from within. */
  readonly mapped: boolean | undefined;
  /** Whether what is requested serves this process; undefined: it was not seen. */
  readonly serving: boolean | undefined;
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
  /** What the launch preloads and saw the loader accept; counts when `maps` is not readable. */
  readonly accepted: Preload | undefined;
  /** undefined: this process may not ask its malloc. */
  readonly proof: MallocProof | undefined;
}

/** Labels of the metric: a gauge that is always 1. */
export function allocatorLabels(truth: AllocatorTruth): Readonly<Record<string, string>> {
  const { backend, version, mapped, serving, requested } = truth;
  return { backend, version: version ?? "unknown", mapped: label(mapped), serving: label(serving), requested };
}

function label(seen: boolean | undefined): string {
  return seen === undefined ? "unknown" : String(seen);
}

export function allocatorTruth(evidence: AllocatorEvidence): AllocatorTruth {
  return evidence.runtime === "bun" ? bunTruth(evidence) : denoTruth(evidence);
}

function bunTruth({ os, requested, maps, proof }: AllocatorEvidence): AllocatorTruth {
  // "system" asks for what the runtime brings.
  const isOwn = requested === "mimalloc" || requested === "system";
  // Bun overrides malloc with its mimalloc on Linux only; elsewhere JavaScriptCore and native code use the system's.
  if (os !== "linux") {
    return {
      requested,
      backend: "system",
      version: undefined,
      mapped: undefined,
      serving: requested === "system" ? true : undefined,
      evidence: `Bun on ${os}, whose malloc tells nothing of itself`,
      reason: "Bun uses its own mimalloc inside and leaves the system's malloc to native code.",
    };
  }
  const libraries = mappedLibraries(maps ?? "");
  const idle = libraries.length === 0 ? "" : `; ${libraries.join(", ")} is mapped and serves nothing`;
  const seen =
    proof?.owns === true
      ? "its books grew by a buffer that was made"
      : proof?.owns === false
        ? "its books did not grow by a buffer that was made"
        : "its books could not be read";
  return {
    requested,
    backend: "mimalloc",
    version: proof?.version,
    mapped: isOwn || (maps === undefined ? undefined : isAmong(requested, libraries)),
    serving: isOwn ? proof?.owns : false,
    evidence: `linked into Bun: ${seen}${idle}`,
    reason: "Bun's calls to malloc are bound to its own mimalloc when it is built; a preload cannot replace it.",
  };
}

function denoTruth(evidence: AllocatorEvidence): AllocatorTruth {
  const { os, requested, proof, maps } = evidence;
  if (os !== "linux") {
    return {
      requested,
      backend: "system",
      version: undefined,
      mapped: undefined,
      serving: requested === "system",
      evidence: `Deno on ${os}`,
      reason: "Deno uses the system's malloc; preloading another needs Linux.",
    };
  }
  if (proof?.file !== undefined) return provenTruth(evidence, proof, proof.file);
  return maps === undefined ? untoldTruth(evidence) : mappedTruth(evidence, maps);
}

const IMPORTED = "Deno imports malloc from outside, so a preloaded library takes it over.";
const NOT_REPLACED = "Deno imports malloc from the system's C library unless another is preloaded.";

/** The process was asked. */
function provenTruth(evidence: AllocatorEvidence, proof: MallocProof, file: string): AllocatorTruth {
  const { requested, preload, maps = "" } = evidence;
  const { backend, version, owns } = proof;
  const libraries = mappedLibraries(maps);
  const answers = isDefault(requested) ? backend === "glibc" : backend === requested;
  return {
    requested,
    backend,
    version,
    mapped: isDefault(requested) || isAmong(requested, libraries),
    // malloc may be this library's and the buffers another's: then it does not serve what it was chosen for.
    serving: answers ? owns : false,
    evidence: [`malloc is ${file}'s, ${ownership(backend, owns)}`, ...idleNotes(preload, libraries, file)].join("; "),
    reason: backend === "glibc" ? NOT_REPLACED : IMPORTED,
  };
}

function ownership(backend: string, owns: boolean | undefined): string {
  if (owns === undefined) return "which cannot be asked about a buffer's memory";
  if (backend === "glibc")
    return owns
      ? "and its books grew by a buffer that was made"
      : "but its books did not grow by a buffer that was made";
  return owns
    ? "which owns the memory of a buffer that was made"
    : "but the memory of a buffer that was made is not its own";
}

/** The mappings can be read, but malloc cannot be asked: who comes first is known, not whom the buffers are of. */
function mappedTruth({ requested, preload }: AllocatorEvidence, maps: string): AllocatorTruth {
  const libraries = mappedLibraries(maps);
  // The loader resolves malloc in the first preloaded library that has it.
  const first = allocatorsIn(preload).find((path) => isMapped(path, libraries));
  const backend = preloadBackendOf(first ?? "") ?? "glibc";
  const answers = isDefault(requested) ? backend === "glibc" : backend === requested;
  const seen = first === undefined ? [] : [`${first} is mapped and preloaded first, but may not be asked`];
  const ignored = idleNotes(preload, libraries, first);
  return {
    requested,
    backend,
    version: undefined,
    mapped: isDefault(requested) || isAmong(requested, libraries),
    serving: answers ? undefined : false,
    evidence: [...seen, ...ignored].join("; ") || "nothing is preloaded",
    reason: backend === "glibc" ? NOT_REPLACED : IMPORTED,
  };
}

/** Inline, Deno's server may see nothing of its process: the launch's word is passed on as such. */
function untoldTruth({ requested, preload, accepted }: AllocatorEvidence): AllocatorTruth {
  const [first] = allocatorsIn(preload);
  const backend = preloadBackendOf(accepted?.library ?? "");
  if (accepted && backend !== undefined) {
    return {
      requested,
      backend,
      version: accepted.version,
      mapped: undefined,
      serving: backend === requested ? undefined : false,
      evidence: `a trial before the start loaded ${accepted.library}; this process may not look at itself`,
      reason: IMPORTED,
    };
  }
  const unproven = `${first} is preloaded by the environment; this process may not look at itself`;
  return {
    requested,
    backend: "glibc",
    version: undefined,
    mapped: undefined,
    serving: first === undefined && !isDefault(requested) ? false : undefined,
    evidence: first === undefined ? "nothing is preloaded; this process may not look at itself" : unproven,
    reason: NOT_REPLACED,
  };
}

/** What the plain runtime brings: no library is asked for. */
function isDefault(requested: string): boolean {
  return requested === "glibc" || requested === "system";
}

/** What was preloaded in vain, and what is mapped without serving. */
function idleNotes(
  preload: string | undefined,
  libraries: readonly string[],
  serving: string | undefined,
): readonly string[] {
  const ignored = allocatorsIn(preload).filter((path) => !isMapped(path, libraries));
  const idle = libraries.filter(
    (path) => serving === undefined || preloadBackendOf(path) !== preloadBackendOf(serving),
  );
  return [
    ...ignored.map((path) => `${path} is not mapped: the loader ignored it`),
    ...idle.map((path) => `${path} is mapped and serves nothing`),
  ];
}

function allocatorsIn(preload: string | undefined): readonly string[] {
  return preloadPaths(preload).filter((path) => preloadBackendOf(path) !== undefined);
}

/** Paths of malloc libraries with an executable mapping, each once. */
function mappedLibraries(maps: string): readonly string[] {
  const paths = maps.split("\n").flatMap((line) => /^\S+ ..x\S* .*?(\/.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(paths.filter((path) => preloadBackendOf(path) !== undefined))];
}

/** The kernel shows the file behind a link: libmimalloc.so.2 is mapped as libmimalloc.so.2.0. */
function isMapped(path: string, mapped: readonly string[]): boolean {
  return mapped.some((file) => file === path || preloadBackendOf(file) === preloadBackendOf(path));
}

function isAmong(requested: string, libraries: readonly string[]): boolean {
  return libraries.some((path) => preloadBackendOf(path) === (requested as PreloadBackend));
}
