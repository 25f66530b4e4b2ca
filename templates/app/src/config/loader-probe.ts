/**
 * Tries a malloc library on a child: the runtime's own program with the library preloaded, as the server will have it.
 * The words of the loader and of the library are kept: they tell what is wrong.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync, statSync } from "node:fs";
import process from "node:process";
import type { HostReading } from "../control/host.ts";
import {
  type LibraryFinding,
  type LibraryProbe,
  type PreloadBackend,
  preloadBackendOf,
  type Unfit,
  type UnfitLibrary,
} from "./allocator-library.ts";
import { libraryFacts, questions } from "./library-answers.ts";
import { libraryImage } from "./library-image.ts";

/** A trace takes about 2 ms, a version about 20; a slow disk may take longer, and a hang must not stop the start. */
const PROBE_MS_MAX = 5000;

export type ProbedHost = Pick<HostReading, "arch" | "libc" | "pageBytes">;

type StartChild = (
  args: readonly string[],
  preload: string,
  variables: Readonly<Record<string, string>>,
) => ChildOutcome;

/**
 * Probes with `program`, the runtime's own binary, which must know `--version`.
 *
 * @param msMax how long one child may take
 */
export function loaderProbe(program: string, host: ProbedHost, msMax: number = PROBE_MS_MAX): LibraryProbe {
  const start: StartChild = (args, preload, variables) => run(program, args, preload, variables, msMax);
  return { fileOf, examine: (backend, path) => examine(start, host, backend, path) };
}

function fileOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function examine(start: StartChild, host: ProbedHost, backend: PreloadBackend, path: string): LibraryFinding {
  // Before the loader opens it: a pipe would have both wait for its other end.
  if (path.includes("/") && isSpecial(path)) return unfit("unreadable", `${path} is no regular file`);
  // The loader lists what it would load, and runs nothing of it.
  const trace = start([], path, { LD_TRACE_LOADED_OBJECTS: "1" });
  // A bare name is the loader's to find.
  const file = path.includes("/") ? path : foundAs(trace, path);
  if (file === undefined) return unfit("ignored", `the loader does not find ${path}`);
  const image = readImage(file);
  if (typeof image !== "string") return image;
  const foreign = foreignImage(file, image, host);
  if (foreign) return foreign;
  const refused = traceRefusal(trace, path, host);
  if (refused) return refused;
  const trial = start(["--version"], path, questions[backend]);
  const crashed = trialFailure(trial, path, host);
  if (crashed) return crashed;
  return { ...libraryFacts(backend, realpathSync(file), `${trial.stderr}\n${trial.stdout}`, image), path };
}

function isSpecial(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

function readImage(path: string): string | UnfitLibrary {
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return unfit("unreadable", `${path} cannot be read (${why})`);
  }
}

export function foreignImage(path: string, image: string, host: ProbedHost): UnfitLibrary | undefined {
  const found = libraryImage(image);
  if (!found) return unfit("ignored", `${path} is no shared library`);
  if (found.arch !== host.arch) {
    return unfit(
      "architecture",
      `${path} is built for ${found.arch ?? "another architecture"}, this host is ${host.arch}`,
    );
  }
  if (found.libc === "musl" && host.libc === "glibc") {
    return unfit(
      "musl",
      `${path} is built for musl, and this runtime's program needs glibc: a musl library cannot be preloaded into it; use a Debian or Ubuntu image to choose the allocator`,
    );
  }
  return undefined;
}

export interface ChildOutcome {
  /** null: ended by a signal, or never started. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `trace`: of a child under LD_TRACE_LOADED_OBJECTS. */
export function traceRefusal(trace: ChildOutcome, path: string, host: ProbedHost): UnfitLibrary | undefined {
  const said = /cannot be preloaded \(([^)]*)\)/.exec(trace.stderr)?.[1];
  if (said !== undefined) {
    // A segment that is aligned to less than this kernel's page cannot be mapped.
    if (said.includes("ELF load command")) return pageSize(path, host);
    return unfit("ignored", `the loader does not accept ${path} (${said})`);
  }
  const lacking = [...trace.stdout.matchAll(/^\t(\S+) => not found$/gm)].flatMap((match) => match[1] ?? []);
  // The process would end with status 127 when it is really started.
  if (lacking.length > 0) return unfit("own-libraries", `${path} needs ${lacking.join(", ")}, which is not installed`);
  if (trace.status === 0 && foundAs(trace, path) !== undefined) return undefined;
  return unfit("ignored", `the loader does not load ${path}`);
}

/** A path is listed as it is, a name with the path that was found for it. */
function foundAs(trace: ChildOutcome, name: string): string | undefined {
  if (trace.stdout.includes(`\t${name} (`)) return name;
  const line = trace.stdout.split("\n").find((text) => text.startsWith(`\t${name} => /`));
  return line?.split(" ")[2];
}

/** `trial`: of a child that really ran with the library. */
export function trialFailure(trial: ChildOutcome, path: string, host: ProbedHost): UnfitLibrary | undefined {
  if (/Unsupported system page size/.test(trial.stderr)) return pageSize(path, host);
  if (trial.status === 0) return undefined;
  const end = trial.signal === null ? `status ${trial.status}` : trial.signal;
  return unfit("crash", `the runtime does not start with ${path} (it ended with ${end}${lastWords(trial.stderr)})`);
}

/** The last line that it wrote, shortened: what a library says before it aborts. */
function lastWords(stderr: string): string {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  return line === "" ? "" : `: ${line.slice(0, LAST_WORDS_MAX)}`;
}

const LAST_WORDS_MAX = 120;

function pageSize(path: string, { pageBytes }: ProbedHost): UnfitLibrary {
  const pages =
    pageBytes === undefined ? "this kernel's pages" : `pages of ${pageBytes / 1024} KiB, as this kernel has`;
  // The others ask the kernel for its page size when they start.
  const next = preloadBackendOf(path) === "jemalloc" ? "choose mimalloc or tcmalloc" : 'choose "system"';
  return unfit("page-size", `${path} is not built for ${pages}; ${next}, or a build for these pages`);
}

function unfit(kind: Unfit, reason: string): UnfitLibrary {
  return { unfit: kind, reason };
}

function run(
  program: string,
  args: readonly string[],
  preload: string,
  variables: Readonly<Record<string, string>>,
  timeout: number,
): ChildOutcome {
  const searched = process.env.LD_LIBRARY_PATH;
  const env = { LD_PRELOAD: preload, ...(searched ? { LD_LIBRARY_PATH: searched } : {}), ...variables };
  const { status, signal, stdout, stderr } = spawnSync(program, [...args], {
    env,
    encoding: "utf8",
    timeout,
    // What hangs may also ignore the signal that asks.
    killSignal: "SIGKILL",
  });
  return { status, signal, stdout: stdout ?? "", stderr: stderr ?? "" };
}
