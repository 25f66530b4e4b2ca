/**
 * Prints `package.json`, and `deno.json` for Deno. Built as objects and serialised, never as text with holes.
 *
 * The runtime comes as an npm development dependency, so that `npm install && npm start` needs nothing else. After
 * its install script has run, `node_modules/.bin/bun` and `node_modules/.bin/deno` are the native binaries and not
 * Node programs around them, which pass no signals on.
 */
import { type AdapterName, type RuntimeName, runtimeVersions } from "../../templates/app/src/runtime/capabilities.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { Plan } from "../plan/plan.ts";
import { type PinnedPackage, pins } from "./pins.ts";

/** The emitted project's own version: the user's to change from the first day on. */
const FIRST_VERSION = "0.1.0";

/** A command by runtime; `version` is the generator's. */
type Commands = Readonly<Record<RuntimeName, (version: string) => string>>;

/** One command a person runs, the same under every package manager and as a Deno task. */
interface Script {
  readonly description: string;
  /** Absent: every project has it. */
  readonly feature?: FeatureName;
  readonly command: Readonly<Record<RuntimeName, string>> | Commands;
}

/** A program below bench/. Both runtimes take the folder as it is; Deno's own flags stand in deno.json. */
function onBench(program: string): Script["command"] {
  return { bun: `bun bench/${program}`, deno: `deno run --allow-all bench/${program}` };
}

/**
 * The generator, by the runtime that the project has anyway: its own version, so that a newer one with other templates is
 * taken when somebody asks for it, and not by the way. Without a lock file, as it is no dependency of the project's.
 */
function byGenerator(args: string): Commands {
  return {
    bun: (version) => `bunx --bun create-fastserve@${version} ${args}`,
    deno: (version) => `deno run --no-lock --allow-all npm:create-fastserve@${version} ${args}`,
  };
}

/**
 * Deno's control plane runs with all permissions because Deno grants reads below /proc and /sys to nothing less; the
 * workers, which parse what strangers send, get an explicit list from it. `deno test` leaves types to `check`.
 */
export const scripts = {
  start: {
    description: "The server, with the plan's engine flags and allocator.",
    command: { bun: "bun src/launch.ts", deno: "deno run --allow-all src/launch.ts" },
  },
  dev: {
    description: "The server without them, restarted when a file changes.",
    command: { bun: "bun --watch src/dev.ts", deno: "deno run --allow-all --watch src/dev.ts" },
  },
  test: {
    description: "All tests, against a real server on loopback; takes some minutes.",
    command: { bun: "bun test --timeout 60000", deno: "deno test --allow-all --no-check --parallel test/" },
  },
  bench: {
    description: "Loads the server with what suits its workload, and holds the figures against targets.",
    command: onBench("main.ts"),
  },
  "bench:http": {
    description: "Requests per second, latency at fixed rates, CPU per request, pipelining.",
    command: onBench("main.ts http"),
  },
  "bench:ws": {
    description: "WebSockets: echo, JSON, broadcasts, new connections.",
    feature: "websocket",
    command: onBench("main.ts ws"),
  },
  "bench:static": {
    description: "Static files: small, large, compressed, by range, revalidated.",
    feature: "static-files",
    command: onBench("main.ts static"),
  },
  "bench:cache": {
    description: "The response cache: hits, misses, many clients for one answer.",
    feature: "response-cache",
    command: onBench("main.ts cache"),
  },
  "bench:upload": {
    description: "Request bodies.",
    command: onBench("main.ts upload"),
  },
  "bench:idle": {
    description: "Memory of connections that wait.",
    command: onBench("main.ts idle"),
  },
  "bench:start": {
    description: "From the command to the first answer, and the memory of a server at rest.",
    command: onBench("main.ts start"),
  },
  "bench:sessions": {
    description: "10,000 sessions and 5,000 cached answers, repeated, with the spread.",
    command: onBench("main.ts sessions"),
  },
  "bench:alloc": {
    description: "Arenas, pools and slabs against fresh buffers, under every malloc that this host has.",
    command: onBench("alloc.ts"),
  },
  "bench:scale": {
    description: "One worker, two, and so on up to the plan's.",
    command: onBench("main.ts scale"),
  },
  "bench:compare": {
    description: "The same routes on the bare runtime and on other servers that are installed.",
    command: onBench("main.ts compare"),
  },
  soak: {
    description: "Mixed traffic for minutes or hours; fails when memory, files or lag grow.",
    command: onBench("soak.ts"),
  },
  doctor: {
    description: "Whether this host is ready for the plan: memory, files, ports, and the malloc proved to serve.",
    command: { bun: "bun src/doctor.ts", deno: "deno run --allow-all src/doctor.ts" },
  },
  retune: {
    description: "Plans anew, for the same target or for what --target names, and merges what changes with your edits.",
    command: byGenerator("retune"),
  },
  "tune:check": {
    description: "What a retune for the recorded target would change; fails when anything would.",
    command: byGenerator("diff --target recorded"),
  },
  "test:attack": {
    description: "Hostile requests, each against what the standards require of the answer.",
    command: { bun: "bun test/attack/main.ts", deno: "deno run --allow-all test/attack/main.ts" },
  },
  "hash-password": {
    description: "Asks for a password and prints the line for auth.users_file.",
    feature: "auth",
    command: {
      bun: "bun src/features/auth/commands/hash-password.ts",
      deno: "deno run src/features/auth/commands/hash-password.ts",
    },
  },
  "new-token": {
    description: "Prints a bearer token once, and the line for auth.bearer_file.",
    feature: "auth",
    command: {
      bun: "bun src/features/auth/commands/new-token.ts",
      deno: "deno run src/features/auth/commands/new-token.ts",
    },
  },
  precompress: {
    description: "Puts compressed siblings beside the static files.",
    feature: "static-files",
    command: {
      bun: "bun src/features/static-files/commands/precompress.ts",
      deno: "deno run --allow-all src/features/static-files/commands/precompress.ts",
    },
  },
  check: {
    description: "Types.",
    command: { bun: "tsc -p tsconfig.json", deno: "tsc -p tsconfig.json" },
  },
} as const satisfies Readonly<Record<string, Script>>;

export type ScriptName = keyof typeof scripts;

const developmentPackages = {
  bun: ["@types/node", "bun", "bun-types", "fast-check", "typescript", "uplot"],
  "deno-serve": ["@types/deno", "@types/node", "deno", "fast-check", "typescript", "uplot"],
  "deno-http": ["@types/deno", "@types/node", "@types/ws", "deno", "fast-check", "typescript", "uplot"],
} as const satisfies Readonly<Record<AdapterName, readonly PinnedPackage[]>>;

/** The configuration's two readers; node:http has no WebSockets of its own. */
const packages = {
  bun: ["toml-eslint-parser", "zod"],
  "deno-serve": ["toml-eslint-parser", "zod"],
  "deno-http": ["toml-eslint-parser", "ws", "zod"],
} as const satisfies Readonly<Record<AdapterName, readonly PinnedPackage[]>>;

type PackagePlan = Pick<Plan, "runtime" | "adapter" | "answers" | "features" | "generatorVersion">;

/** @returns the text of `package.json` */
export function emitPackageJson(plan: PackagePlan): string {
  const { runtime, generatorVersion } = plan;
  return json({
    name: plan.answers.name.value,
    version: FIRST_VERSION,
    private: true,
    type: "module",
    engines: { [runtime]: runtimeVersions[runtime] },
    scripts: Object.fromEntries(scriptsOf(plan).map((name) => [name, shellCommand(name, runtime, generatorVersion)])),
    dependencies: pinned(packages[plan.adapter]),
    devDependencies: pinned(developmentPackages[plan.adapter]),
    // npm and Bun run a package's install script only when it is named here; the runtime's fetches its binary.
    allowScripts: { [runtime]: true },
    trustedDependencies: [runtime],
    ...(plan.answers.packageManager.value === "pnpm" ? { pnpm: { onlyBuiltDependencies: [runtime] } } : {}),
  });
}

/** @returns the text of `deno.json` */
export function emitDenoJson(plan: Pick<Plan, "features" | "generatorVersion">): string {
  return json({
    // Packages stand in package.json and are installed once, by npm or `deno install`; running never installs.
    nodeModulesDir: "manual",
    // net: listeners that share a port; worker-options: permissions per worker; no-legacy-abort: a request's signal
    // stays quiet when the request is answered.
    unstable: ["net", "worker-options", "no-legacy-abort"],
    tasks: Object.fromEntries(
      scriptsOf(plan).map((name) => [
        name,
        { description: scripts[name].description, command: commandOf(name, "deno", plan.generatorVersion) },
      ]),
    ),
  });
}

/** The scripts of this plan's project, in the order of the table. */
export function scriptsOf({ features }: Pick<Plan, "features">): readonly ScriptName[] {
  return (Object.keys(scripts) as ScriptName[]).filter((name) => {
    const { feature }: Script = scripts[name];
    return feature === undefined || features.includes(feature);
  });
}

/**
 * npm passes a signal to the shell that runs the script and to nobody below it. `exec` makes the server take the
 * shell's place; without it the shell dies, and the server goes on without a parent. Deno's tasks pass signals on.
 */
function shellCommand(name: ScriptName, runtime: RuntimeName, version: string): string {
  const command = commandOf(name, runtime, version);
  return name === "start" ? `exec ${command}` : command;
}

function commandOf(name: ScriptName, runtime: RuntimeName, version: string): string {
  const { command }: Script = scripts[name];
  const own = command[runtime];
  return typeof own === "string" ? own : own(version);
}

function pinned(names: readonly PinnedPackage[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, pins[name]]));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
