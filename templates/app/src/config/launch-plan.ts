/**
 * The command line and environment that make the plan's engine and allocator settings real: they take effect only
 * before a runtime starts. Pure; `launch.ts` reads the machine and carries the plan out.
 *
 * Rules: what the environment already sets stays, with a note, because somebody meant it. Nothing is asked of the
 * engine beyond the memory that this host really grants. What has no effect on this runtime is said, not set.
 */
import type { HostReading } from "../control/host.ts";
import { type AdapterName, capabilities, libraryVariables, runtimeOf } from "../runtime/capabilities.ts";
import type { LibraryFinding, PreloadBackend } from "./allocator-library.ts";
import { allocatorVariables } from "./allocator-variables.ts";
import type { Preload } from "./launch-facts.ts";
import type { Environment } from "./read-environment.ts";
import type { ServerConfig } from "./schema.ts";

export interface LaunchRequest {
  readonly config: ServerConfig;
  readonly adapter: AdapterName;
  readonly host: Pick<HostReading, "os" | "cpus" | "memoryBytes" | "transparentHugePages" | "nofile">;
  readonly environment: Environment;
  /** The project's folder and the program to start, absolute. */
  readonly directory: string;
  readonly main: string;
  readonly findLibrary: (backend: PreloadBackend) => LibraryFinding;
}

export interface LaunchPlan {
  /** After the runtime's own path; ends with `main`. */
  readonly args: readonly string[];
  /** The complete environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly preload: Preload | undefined;
}

const MIB = 1024 ** 2;

export function launchPlan(request: LaunchRequest): LaunchPlan {
  const notes = [...hostNotes(request)];
  const draft = runtimeOf(request.adapter) === "bun" ? bunDraft(request, notes) : denoDraft(request, notes);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.environment)) if (value !== undefined) environment[name] = value;
  for (const [name, value] of Object.entries(draft.variables)) {
    const present = environment[name];
    if (present === undefined) environment[name] = value;
    else if (present !== value) notes.push(`${name}=${present} of the environment stays; the plan has ${value}.`);
  }
  if (draft.preload) {
    const { library, inherited } = draft.preload;
    environment.LD_PRELOAD = inherited ? `${library}:${inherited}` : library;
  }
  return { args: [...draft.args, request.main], environment, notes, preload: draft.preload };
}

interface Draft {
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly preload: Preload | undefined;
}

/** Where this host falls short of the plan. */
function hostNotes({ config, host }: LaunchRequest): readonly string[] {
  const notes: string[] = [];
  const planned = config.memory.limit_bytes;
  if (host.memoryBytes !== undefined && host.memoryBytes < planned) {
    notes.push(
      `This host grants ${mib(host.memoryBytes)} MiB of memory, the plan has ${mib(planned)} MiB: heaps are scaled down; create the project anew for this target.`,
    );
  }
  if (config.workers.mode === "threads" && config.workers.count > Math.ceil(host.cpus)) {
    notes.push(`${config.workers.count} workers share ${host.cpus} CPUs; workers.count is meant to be at most that.`);
  }
  if (host.nofile !== undefined && host.nofile < config.limits.nofile_min) {
    notes.push(
      `The process may open ${host.nofile} files, limits.nofile_min is ${config.limits.nofile_min}: raise the limit (ulimit -n, LimitNOFILE).`,
    );
  }
  return notes;
}

function bunDraft({ config, host }: LaunchRequest, notes: string[]): Draft {
  const { engine, limits, allocator } = config;
  if (allocator.backend !== "mimalloc" && allocator.backend !== "system") {
    notes.push(`allocator.backend = "${allocator.backend}" has no effect: ${capabilities.bun.allocatorChoice.reason}`);
  }
  const ramBytes = Math.floor((engine.ram_bytes ?? 0) * memoryShare(config, host));
  return {
    args: [
      // A missing dependency is an error, not a download.
      "--no-install",
      ...(limits.head_bytes_max === undefined ? [] : [`--max-http-header-size=${limits.head_bytes_max}`]),
      ...(engine.smol ? ["--smol"] : []),
    ],
    variables: {
      ...(ramBytes ? { BUN_JSC_forceRAMSize: String(ramBytes) } : {}),
      ...allocatorVariables("bun", allocator.profile, host.transparentHugePages),
    },
    preload: undefined,
  };
}

function denoDraft(request: LaunchRequest, notes: string[]): Draft {
  const { config, host } = request;
  const { profile } = config.allocator;
  const preload = denoPreload(request, notes);
  const backend = preload ? (config.allocator.backend as PreloadBackend) : "glibc";
  return {
    args: [
      "run",
      ...v8Flags(request),
      "--unstable-net",
      "--unstable-worker-options",
      ...permissions(request, notes),
      // A request's signal is for clients that leave; Deno.serve also aborts it after each success otherwise.
      ...(request.adapter === "deno-serve" ? ["--unstable-no-legacy-abort"] : []),
    ],
    variables: {
      // Without it V8 sizes its heap by the machine, not by the container.
      DENO_USE_CGROUPS: "1",
      DENO_NO_UPDATE_CHECK: "1",
      ...(host.os === "linux" ? allocatorVariables(backend, profile, host.transparentHugePages) : {}),
    },
    preload,
  };
}

function v8Flags({ config, host }: LaunchRequest): readonly string[] {
  const { engine } = config;
  const share = memoryShare(config, host);
  const flags = [
    ...(engine.heap_bytes_max ? [`--max-old-space-size=${mib(engine.heap_bytes_max * share)}`] : []),
    ...(engine.semi_space_bytes_max ? [`--max-semi-space-size=${mib(engine.semi_space_bytes_max * share)}`] : []),
  ];
  return flags.length === 0 ? [] : [`--v8-flags=${flags.join(",")}`];
}

/** How much of the planned memory this host grants, 1 at most: what is left of each budget line. */
function memoryShare({ memory }: ServerConfig, host: LaunchRequest["host"]): number {
  if (host.memoryBytes === undefined || host.memoryBytes >= memory.limit_bytes) return 1;
  return host.memoryBytes / memory.limit_bytes;
}

/** Whole MiB, rounded down: V8 must not get more than there is; one at least. */
function mib(bytes: number): number {
  return Math.max(1, Math.floor(bytes / MIB));
}

/**
 * With worker threads the control plane is privileged (it reads /proc, which needs everything) and gives each worker its
 * own short list. Inline, the one thread parses what strangers send, so the process itself gets a list.
 */
function permissions({ adapter, config, directory }: LaunchRequest, notes: string[]): readonly string[] {
  if (config.workers.mode === "threads") return ["--allow-all"];
  const { server, admin, tls } = config;
  const net = new Set([address(server.host, server.port), address(admin.host, admin.port)]);
  const read = [directory, ...(tls.mode === "off" ? [] : [tls.cert, tls.key])].filter((path) => path !== undefined);
  const comma = read.find((path) => path.includes(","));
  if (comma !== undefined)
    notes.push(`Deno cannot list a path with a comma (${comma}): the server may read every file.`);
  return [
    "--no-prompt",
    `--allow-net=${[...net].join(",")}`,
    comma === undefined ? `--allow-read=${read.join(",")}` : "--allow-read",
    `--allow-env=${["FASTSERVE_*", "LD_PRELOAD", ...libraryVariables[adapter]].join(",")}`,
  ];
}

/** The kernel chooses the port for 0, so the permission covers all ports of the host then. */
function address(host: string, port: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === 0 ? name : `${name}:${port}`;
}

function denoPreload({ config, host, environment, findLibrary }: LaunchRequest, notes: string[]): Preload | undefined {
  const { backend } = config.allocator;
  if (backend === "glibc" || backend === "system") return undefined;
  const finding = host.os === "linux" ? findLibrary(backend) : { reason: "preloading needs Linux" };
  if ("path" in finding) return { library: finding.path, inherited: environment.LD_PRELOAD };
  notes.push(`allocator.backend = "${backend}" is not available, the system's malloc serves: ${finding.reason}.`);
  return undefined;
}
