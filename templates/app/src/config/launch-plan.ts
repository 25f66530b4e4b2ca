/**
 * The command line and environment that make the plan's engine and allocator settings real: they take effect only
 * before a runtime starts. Pure; `launch.ts` reads the machine and carries the plan out.
 *
 * Rules: what the environment already sets stays, with a note, because somebody meant it. Nothing is asked of the
 * engine beyond the memory that this host really grants. What has no effect on this runtime is said, not set.
 */
import { checkBudget, grantedHeapBytes } from "../control/budget-check.ts";
import type { HostReading } from "../control/host.ts";
import { type AdapterName, capabilities, libraryVariables, runtimeOf } from "../runtime/capabilities.ts";
import type { FoundLibrary, LibraryFinding, PreloadBackend, UnfitLibrary } from "./allocator-library.ts";
import { bunVariables } from "./allocator-variables.ts";
import type { Preload } from "./launch-facts.ts";
import { denoMalloc } from "./launch-malloc.ts";
import { type Environment, PROFILE_VARIABLE } from "./read-environment.ts";
import type { ServerConfig } from "./schema.ts";

export interface LaunchRequest {
  readonly config: ServerConfig;
  readonly adapter: AdapterName;
  readonly host: Pick<HostReading, "os" | "cpus" | "memoryBytes" | "transparentHugePages" | "nofile">;
  readonly environment: Environment;
  /** The project's folder and the program to start, absolute. */
  readonly directory: string;
  readonly main: string;
  readonly findLibrary: (backend: PreloadBackend) => FoundLibrary | UnfitLibrary;
  /** Tries one library, wherever it lies. */
  readonly examineLibrary: (backend: PreloadBackend, path: string) => LibraryFinding;
}

export interface LaunchPlan {
  /** After the runtime's own path; ends with `main`. */
  readonly args: readonly string[];
  /** The complete environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly preload: Preload | undefined;
  /** What the server puts back once it runs: variables that this plan set, with the value before (null: none). */
  readonly restore: Readonly<Record<string, string | null>>;
}

const MIB = 1024 ** 2;

export function launchPlan(request: LaunchRequest): LaunchPlan {
  const notes = [...hostNotes(request)];
  const draft = runtimeOf(request.adapter) === "bun" ? bunDraft(request, notes) : denoDraft(request, notes);
  const environment: Record<string, string> = {};
  const restore: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(request.environment)) if (value !== undefined) environment[name] = value;
  for (const [name, value] of Object.entries(draft.variables)) {
    const present = environment[name];
    if (present === undefined) {
      environment[name] = value;
      if (!draft.lasting.includes(name)) restore[name] = null;
    } else if (present !== value) notes.push(`${name}=${present} of the environment stays; the plan has ${value}.`);
  }
  if (draft.preload) {
    const inherited = environment.LD_PRELOAD;
    environment.LD_PRELOAD = inherited ? `${draft.preload.library}:${inherited}` : draft.preload.library;
    restore.LD_PRELOAD = inherited ?? null;
  }
  // Inline, Deno lets the server touch only the variables that it is granted by name.
  const granted = draft.args.map((arg) =>
    arg.startsWith("--allow-env=")
      ? [arg, ...Object.keys(restore).filter((name) => name !== "LD_PRELOAD")].join(",")
      : arg,
  );
  return { args: [...granted, request.main], environment, notes, preload: draft.preload, restore };
}

interface Draft {
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Variables that the runtime reads again after the start: they stay, and children inherit them. */
  readonly lasting: readonly string[];
  readonly preload: Preload | undefined;
}

/** Where this host falls short of the plan. */
export function hostNotes({ config, host, adapter, environment }: LaunchRequest): readonly string[] {
  const notes: string[] = [];
  // A profile that cannot be used is refused before this.
  const budget = checkBudget(config, host, adapter, environment[PROFILE_VARIABLE] || undefined);
  if (budget.verdict === "drift" || budget.verdict === "unsafe") notes.push(budget.note);
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

function bunDraft({ config, host, adapter }: LaunchRequest, notes: string[]): Draft {
  const { engine, limits, allocator } = config;
  if (allocator.backend !== "mimalloc" && allocator.backend !== "system") {
    notes.push(`allocator.backend = "${allocator.backend}" has no effect: ${capabilities.bun.allocatorChoice.reason}`);
  }
  const { heapShare } = checkBudget(config, host, adapter);
  const ramBytes = grantedHeapBytes(engine.ram_bytes ?? 0, heapShare, adapter);
  return {
    args: [
      // A missing dependency is an error, not a download.
      "--no-install",
      ...(limits.head_bytes_max === undefined ? [] : [`--max-http-header-size=${limits.head_bytes_max}`]),
      ...(engine.smol ? ["--smol"] : []),
    ],
    variables: {
      ...(ramBytes ? { BUN_JSC_forceRAMSize: String(ramBytes) } : {}),
      ...bunVariables(allocator.profile),
    },
    lasting: [],
    preload: undefined,
  };
}

function denoDraft(request: LaunchRequest, notes: string[]): Draft {
  const { config } = request;
  const malloc = denoMalloc(request);
  notes.push(...malloc.notes);
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
      ...malloc.variables,
    },
    // Each new worker's heap is sized by it, unless both flags size it.
    lasting: config.engine.heap_bytes_max && config.engine.semi_space_bytes_max ? [] : ["DENO_USE_CGROUPS"],
    preload: malloc.preload,
  };
}

function v8Flags({ config, host, adapter }: LaunchRequest): readonly string[] {
  const { engine } = config;
  const { heapShare: share } = checkBudget(config, host, adapter);
  const heapBytes = grantedHeapBytes(engine.heap_bytes_max ?? 0, share, adapter);
  const flags = [
    ...(heapBytes ? [`--max-old-space-size=${mib(heapBytes)}`] : []),
    ...(engine.semi_space_bytes_max ? [`--max-semi-space-size=${mib(engine.semi_space_bytes_max * share)}`] : []),
  ];
  return flags.length === 0 ? [] : [`--v8-flags=${flags.join(",")}`];
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
  const read = [directory, admin.token_file, ...(tls.mode === "off" ? [] : [tls.cert, tls.key])].filter(
    (path) => path !== undefined,
  );
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
