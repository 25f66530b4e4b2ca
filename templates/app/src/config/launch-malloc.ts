/**
 * The malloc under Deno: which library the launch preloads, with which variables, and what it must say about it.
 *
 * A library that the environment preloads, and the loader accepts, stays: somebody meant it. One that is missing or unfit
 * leaves the system's malloc, whose own rows apply then.
 */
import { type FoundLibrary, type PreloadBackend, preloadBackendOf, preloadPaths } from "./allocator-library.ts";
import { type AllocatorTuning, glibcTuning, libraryTuning } from "./allocator-variables.ts";
import type { Preload } from "./launch-facts.ts";
import type { LaunchRequest } from "./launch-plan.ts";
import type { LibraryFacts } from "./library-answers.ts";

export interface Malloc extends AllocatorTuning {
  readonly preload: Preload | undefined;
}

export function denoMalloc(request: LaunchRequest): Malloc {
  const { config, host, findLibrary } = request;
  const { backend, profile } = config.allocator;
  if (host.os !== "linux") {
    const notes = isPreloadBackend(backend) ? [fallbackNote(backend, "preloading needs Linux")] : [];
    return { variables: {}, notes, preload: undefined };
  }
  const inherited = inheritedLibrary(request);
  if (inherited.backend) return inheritedMalloc(request, inherited.backend, inherited.library);
  const glibc = glibcTuning(profile, host.transparentHugePages);
  if (!isPreloadBackend(backend)) {
    return { ...glibc, notes: [...inherited.notes, ...glibc.notes], preload: undefined };
  }
  const finding = findLibrary(backend);
  if ("path" in finding) {
    const malloc = preloadedMalloc(request, backend, finding);
    return { ...malloc, notes: [...inherited.notes, ...malloc.notes] };
  }
  const notes = [...inherited.notes, fallbackNote(backend, finding.reason), ...glibc.notes];
  return { ...glibc, notes, preload: undefined };
}

function preloadedMalloc({ config, host }: LaunchRequest, backend: PreloadBackend, library: FoundLibrary): Malloc {
  const { path, version, passedOver } = library;
  const tuning = libraryTuning(backend, config.allocator.profile, host.transparentHugePages, library);
  const passed = passedOver.map((reason) => `${path} serves instead of another: ${reason}.`);
  return {
    variables: tuning.variables,
    notes: [...passed, ...tuning.notes],
    preload: { library: path, ...(version === undefined ? {} : { version }) },
  };
}

function inheritedMalloc({ config, host }: LaunchRequest, backend: PreloadBackend, library: LibraryFacts): Malloc {
  const { allocator } = config;
  const tuning = libraryTuning(backend, allocator.profile, host.transparentHugePages, library);
  const stays = `LD_PRELOAD=${library.path} of the environment stays; the plan has allocator.backend = "${allocator.backend}".`;
  const notes = backend === allocator.backend ? tuning.notes : [stays, ...tuning.notes];
  return { variables: tuning.variables, notes, preload: undefined };
}

type Inherited =
  | { readonly backend: PreloadBackend; readonly library: LibraryFacts }
  | { readonly backend: undefined; readonly notes: readonly string[] };

/** The first allocator that the environment preloads and the loader accepts, or why there is none. */
function inheritedLibrary({ environment, examineLibrary }: LaunchRequest): Inherited {
  const notes: string[] = [];
  for (const path of preloadPaths(environment.LD_PRELOAD)) {
    const backend = preloadBackendOf(path);
    if (backend === undefined) continue;
    const finding = examineLibrary(backend, path);
    if ("path" in finding) return { backend, library: finding };
    notes.push(`LD_PRELOAD of the environment names a library that does not serve: ${finding.reason}.`);
  }
  return { backend: undefined, notes };
}

function isPreloadBackend(backend: string): backend is PreloadBackend {
  return backend === "mimalloc" || backend === "jemalloc" || backend === "tcmalloc";
}

function fallbackNote(backend: string, reason: string): string {
  return `allocator.backend = "${backend}" is not available, the system's malloc serves: ${reason}.`;
}
