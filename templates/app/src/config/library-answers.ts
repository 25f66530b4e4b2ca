/**
 * What a malloc library says of itself: its version and the options that it knows. Idea: option names differ by version
 * (mimalloc 2.0 has DECOMMIT_DELAY where 2.1 and later have PURGE_DELAY) and an unknown one is ignored without a word,
 * so the library is asked, and only names of its own list are set. mimalloc lists its options under MIMALLOC_VERBOSE
 * (its src/options.c, _mi_options_init), jemalloc at its end under stats_print (its src/stats.c, stats_general_print);
 * tcmalloc tells neither, but the names that it asks the environment for stand in its file.
 */
import type { PreloadBackend } from "./allocator-library.ts";

export interface LibraryFacts {
  readonly path: string;
  /** undefined: the library does not tell. */
  readonly version: string | undefined;
  /** In the library's own spelling: "purge_delay", "dirty_decay_ms", "TCMALLOC_RELEASE_RATE". */
  readonly options: readonly string[];
}

/** Variables that make a library talk while a child runs that has it preloaded. */
export const questions: Readonly<Record<PreloadBackend, Readonly<Record<string, string>>>> = {
  mimalloc: { MIMALLOC_VERBOSE: "1" },
  // The letters leave out everything but the general part.
  jemalloc: { MALLOC_CONF: "stats_print:true,stats_print_opts:mdablxeh" },
  tcmalloc: {},
};

/** `output`: of the child. `image`: the library's file as Latin-1 text. `path`: the file behind links. */
export function libraryFacts(backend: PreloadBackend, path: string, output: string, image: string): LibraryFacts {
  if (backend === "mimalloc") return { path, version: mimallocVersion(output, path), options: mimallocOptions(output) };
  if (backend === "jemalloc") {
    const version = /^Version: "(\d+(?:\.\d+)*)/m.exec(output)?.[1];
    return { path, version, options: names(output, /^ {2}opt\.(\w+):/gm) };
  }
  return {
    path,
    version: /gperftools (\d+(?:\.\d+)*)/.exec(image)?.[1],
    options: names(image, /\0(TCMALLOC_[A-Z_]+)(?=\0)/g),
  };
}

/** 2.1 and later print it; 2.0 does not, but is told by an option that ended with it. */
function mimallocVersion(output: string, path: string): string | undefined {
  const said = /^(?:mimalloc: )?v(\d+\.\d+(?:\.\d+)?)\b/m.exec(output)?.[1];
  if (said !== undefined) return said;
  if (mimallocOptions(output).includes("decommit_delay")) return "2.0";
  return /\.so\.(\d+(?:\.\d+)+)$/.exec(path)?.[1];
}

/** Names that begin with "deprecated_" are known and do nothing. */
function mimallocOptions(output: string): readonly string[] {
  return names(output, /option '(\w+)':/g).filter((name) => !name.startsWith("deprecated_"));
}

function names(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap((match) => match[1] ?? []))];
}
