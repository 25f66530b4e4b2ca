/**
 * Where a malloc library lies on this host, and whether the loader takes it. Idea: a wrong path, a foreign architecture
 * or a too new library makes ld.so print one line and go on without it; so the loader itself is asked beforehand.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export type PreloadBackend = "mimalloc" | "jemalloc" | "tcmalloc";

/** `path` of the library, or `reason` why there is none: a clause for a note. */
export type LibraryFinding = { readonly path: string } | { readonly reason: string };

/** Names as Debian 12 and 13, Ubuntu and Fedora ship them; the first that exists is taken. */
const FILE_NAMES: Readonly<Record<PreloadBackend, readonly string[]>> = {
  mimalloc: ["libmimalloc.so.3", "libmimalloc.so.2"],
  jemalloc: ["libjemalloc.so.2"],
  // The minimal build leaves out the heap profiler, whose unwinder the full one drags in.
  tcmalloc: ["libtcmalloc_minimal.so.4", "libtcmalloc.so.4"],
};

/** Debian's package of each library; other distributions call it after the library. */
const PACKAGE_NAMES: Readonly<Record<PreloadBackend, string>> = {
  mimalloc: "libmimalloc2.0",
  jemalloc: "libjemalloc2",
  tcmalloc: "libtcmalloc-minimal4",
};

const TRIPLETS: Readonly<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

/** Paths to try, in this order: multiarch (Debian, Ubuntu), lib64 (Fedora), and what an administrator built. */
export function libraryPaths(backend: PreloadBackend, arch: string): readonly string[] {
  const triplet = TRIPLETS[arch];
  const folders = [
    ...(triplet ? [`/usr/lib/${triplet}`, `/lib/${triplet}`] : []),
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/lib",
  ];
  return FILE_NAMES[backend].flatMap((name) => folders.map((folder) => `${folder}/${name}`));
}

export interface LibraryProbe {
  exists(path: string): boolean;
  /** Whether the dynamic loader really loads the library into the runtime's program. */
  loads(path: string): boolean;
}

export function findLibrary(backend: PreloadBackend, arch: string, probe: LibraryProbe): LibraryFinding {
  const present = libraryPaths(backend, arch).filter((path) => probe.exists(path));
  const path = present.find((candidate) => probe.loads(candidate));
  if (path !== undefined) return { path };
  if (present.length > 0) return { reason: `the loader does not accept ${present.join(" or ")}` };
  return {
    reason: `no ${FILE_NAMES[backend][0]} in the system's library folders; on Debian install ${PACKAGE_NAMES[backend]}`,
  };
}

/** Probes with the loader's own trace of `program`: it lists what would be loaded and exits, without running it. */
export function loaderProbe(program: string): LibraryProbe {
  return {
    exists: existsSync,
    loads(path) {
      const environment = { LD_TRACE_LOADED_OBJECTS: "1", LD_PRELOAD: path };
      const { stdout, status } = spawnSync(program, [], { env: environment, encoding: "utf8", timeout: LOADER_MS_MAX });
      return status === 0 && stdout.includes(`${path} (`);
    },
  };
}

/** The trace takes about 2 ms; a slow network disk may take longer, a hang must not stop the start. */
const LOADER_MS_MAX = 2000;
