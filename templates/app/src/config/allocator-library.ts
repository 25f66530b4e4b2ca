/**
 * Where a malloc library lies on this host, and whether the runtime can live with it. Idea: a wrong path or a foreign
 * architecture makes ld.so print one line and go on without it, and a library that lacks its own libraries, or was built
 * for another page size (jemalloc/jemalloc#2639), ends the process; so both are tried beforehand, on a child.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";

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
  /** Whether the dynamic loader loads the library into the runtime's program, and that program then runs. */
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

/** Probes with `program`, the runtime's own binary, which must know `--version`. */
export function loaderProbe(program: string): LibraryProbe {
  function run(args: readonly string[], preload: string, variables: Readonly<Record<string, string>>) {
    const searched = process.env.LD_LIBRARY_PATH;
    const env = { LD_PRELOAD: preload, ...(searched ? { LD_LIBRARY_PATH: searched } : {}), ...variables };
    return spawnSync(program, [...args], { env, encoding: "utf8", timeout: PROBE_MS_MAX });
  }
  return {
    exists: existsSync,
    loads(path) {
      const trace = run([], path, { LD_TRACE_LOADED_OBJECTS: "1" });
      return trace.status === 0 && traceAccepts(trace.stdout, path) && run(["--version"], path, {}).status === 0;
    },
  };
}

/** `trace`: what ld.so prints under LD_TRACE_LOADED_OBJECTS, which lists what would be loaded and runs nothing. */
export function traceAccepts(trace: string, path: string): boolean {
  // A missing library of the library ends the process with status 127 when it is really started.
  return trace.includes(`\t${path} (`) && !trace.includes("=> not found");
}

/** A trace takes about 2 ms, a version about 20; a slow disk may take longer, and a hang must not stop the start. */
const PROBE_MS_MAX = 5000;
