/**
 * Where a malloc library lies on this host, and whether the runtime can live with it. Idea: a wrong path or a foreign
 * architecture makes ld.so print one line and go on without it, and a library that lacks its own libraries, or was built
 * for another page size (jemalloc/jemalloc#2639), ends the process; so each candidate is tried beforehand, on a child,
 * and what is wrong with it is said in words, with the command that gives this host a fit one.
 */
import type { LibraryFacts } from "./library-answers.ts";

export type PreloadBackend = "mimalloc" | "jemalloc" | "tcmalloc";

/** What is wrong with a library; each has its own cure. */
export type Unfit =
  | "missing"
  | "unreadable"
  | "architecture"
  | "musl"
  | "page-size"
  | "own-libraries"
  | "ignored"
  | "crash";

export interface UnfitLibrary {
  readonly unfit: Unfit;
  /** A clause for a note, without a full stop. */
  readonly reason: string;
}

export type LibraryFinding = LibraryFacts | UnfitLibrary;

export interface FoundLibrary extends LibraryFacts {
  /** Why candidates before this one were passed over: clauses. */
  readonly passedOver: readonly string[];
}

/** Names as Debian 12 and 13, Ubuntu, Fedora and Arch ship them; the first that exists in a folder is taken. */
const FILE_NAMES: Readonly<Record<PreloadBackend, readonly string[]>> = {
  mimalloc: ["libmimalloc.so.3", "libmimalloc.so.2", "libmimalloc.so"],
  jemalloc: ["libjemalloc.so.2"],
  // The minimal build leaves out the heap profiler, whose unwinder the full one drags in.
  tcmalloc: ["libtcmalloc_minimal.so.4", "libtcmalloc.so.4"],
};

const TRIPLETS: Readonly<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

/**
 * Paths to try, in this order: what an administrator built goes before what the distribution ships, as in ld.so.conf;
 * then multiarch (Debian, Ubuntu), lib64 (Fedora), and lib (Arch, Alpine).
 */
export function libraryPaths(backend: PreloadBackend, arch: string): readonly string[] {
  const triplet = TRIPLETS[arch];
  const folders = [
    ...(triplet ? [`/usr/local/lib/${triplet}`] : []),
    "/usr/local/lib64",
    "/usr/local/lib",
    ...(triplet ? [`/usr/lib/${triplet}`, `/lib/${triplet}`] : []),
    "/usr/lib64",
    "/usr/lib",
  ];
  return folders.flatMap((folder) => FILE_NAMES[backend].map((name) => `${folder}/${name}`));
}

export interface LibraryProbe {
  /** The file behind links; undefined: there is none. */
  fileOf(path: string): string | undefined;
  /** What the runtime's program makes of the library when it is preloaded. */
  examine(backend: PreloadBackend, path: string): LibraryFinding;
}

/** `install`: the command that gives this host the library; undefined: there is none. */
export function findLibrary(
  backend: PreloadBackend,
  arch: string,
  probe: LibraryProbe,
  install: string | undefined,
): FoundLibrary | UnfitLibrary {
  const failures: UnfitLibrary[] = [];
  const tried = new Set<string>();
  for (const path of libraryPaths(backend, arch)) {
    const file = probe.fileOf(path);
    // Where /lib is a link to /usr/lib, one library has two paths.
    if (file === undefined || tried.has(file)) continue;
    tried.add(file);
    const finding = probe.examine(backend, path);
    if ("path" in finding) return { ...finding, passedOver: failures.map((failure) => failure.reason) };
    failures.push(finding);
  }
  const [first] = failures;
  const next = install === undefined ? "" : `; ${install}`;
  if (first === undefined) {
    return { unfit: "missing", reason: `no ${FILE_NAMES[backend][0]} in the system's library folders${next}` };
  }
  const reasons = [...new Set(failures.map((failure) => failure.reason))].join(", and ");
  return { unfit: first.unfit, reason: curable.has(first.unfit) ? `${reasons}${next}` : reasons };
}

/** Faults of the file; the others are of the host, and the same package would have them again. */
const curable: ReadonlySet<Unfit> = new Set(["unreadable", "architecture", "own-libraries", "ignored", "crash"]);

const LIBRARY_NAME = /(?:^|\/)lib(mimalloc|jemalloc|tcmalloc)(?:[_-][\w-]+)?\.so[\d.]*$/;

/** The allocator that a library's path names. */
export function preloadBackendOf(path: string): PreloadBackend | undefined {
  const name = LIBRARY_NAME.exec(path)?.[1];
  return name === "mimalloc" || name === "jemalloc" || name === "tcmalloc" ? name : undefined;
}

/** The paths in LD_PRELOAD, which takes colons and spaces (ld.so(8)). */
export function preloadPaths(preload: string | undefined): readonly string[] {
  return (preload ?? "").split(/[: ]+/).filter((path) => path !== "");
}
