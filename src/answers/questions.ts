/**
 * Every question there is, as one table. Prompts, flags, environment variables, the config file, `--help` and
 * the JSON Schema are readers of these rows, so a question exists everywhere or nowhere.
 */
import type { AnswerKey, AnswerValues } from "./answers.ts";
import {
  allocatorBackends,
  deployTargets,
  exposures,
  featureNames,
  objectives,
  type PackageManager,
  packageManagers,
  tlsModes,
  tlsProfiles,
  workloads,
} from "./choices.ts";
import { defaultFeatures } from "./default-features.ts";
import { nameFault, packageNameOf } from "./project-name.ts";

/** The directory is asked like an answer, but belongs to the run and is not recorded in the project. */
export interface QuestionValues extends AnswerValues {
  readonly directory: string;
}

export type QuestionKey = AnswerKey | "directory";

/** basic: asked before the summary; target: asked when the numbers of a target are typed in; customise: on request. */
export type QuestionGroup = "basic" | "target" | "customise";

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
}

/** What an answer looks like. Bounds are inclusive; sizes are in bytes. */
export type Shape =
  | { readonly kind: "choice"; readonly choices: readonly Choice[] }
  | { readonly kind: "list"; readonly choices: readonly Choice[] }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly integer: boolean }
  | { readonly kind: "size"; readonly min: number; readonly max: number }
  | { readonly kind: "text"; readonly fault: (text: string) => string | undefined };

/** What a default may depend on besides the answers before it. */
export interface DefaultInputs {
  /** The package manager that started this program or is used around the project, else npm. */
  readonly packageManager: PackageManager;
  /** Last part of the current directory, for a project in ".". */
  readonly currentDirectoryName: string;
  /** Whether the target refuses a choice; nothing is refused while the target is unknown. */
  readonly isRefused?: (key: AnswerKey, value: string, before: Partial<QuestionValues>) => boolean;
}

export interface Question<Value> {
  /** Without dashes; the environment variable follows from it. */
  readonly flag: string;
  readonly group: QuestionGroup;
  /** Stands for the value in `--help`. */
  readonly placeholder: string;
  /** One line, also the prompt's message. */
  readonly prompt: string;
  readonly help: string;
  readonly shape: Shape;
  readonly default: (before: Partial<QuestionValues>, inputs: DefaultInputs) => Value;
  /** Whether the wizard asks at all; a given value counts either way. */
  readonly when?: (before: Partial<QuestionValues>) => boolean;
}

type QuestionTable = { readonly [Key in QuestionKey]: Question<QuestionValues[Key]> };

/** In the order in which the wizard asks and `--help` lists them. */
export const questions: QuestionTable = {
  directory: {
    flag: "directory",
    group: "basic",
    placeholder: "PATH",
    prompt: "Where should the project go?",
    help: "The project's directory; also the first word without a flag.",
    shape: { kind: "text", fault: emptyFault },
    default: () => "fastserve-app",
  },
  name: {
    flag: "name",
    group: "customise",
    placeholder: "NAME",
    prompt: "What is the project called?",
    help: "The package's name; the directory's last part unless given.",
    shape: { kind: "text", fault: nameFault },
    default: (before, inputs) => packageNameOf(before.directory ?? "", inputs.currentDirectoryName),
  },
  target: {
    flag: "target",
    group: "basic",
    placeholder: "this|PRESET|FILE",
    prompt: "Which machine will the server run on?",
    help: 'The machine to tune for: "this", a preset\'s id, or a facts file written by `probe`.',
    shape: { kind: "text", fault: emptyFault },
    default: () => "this",
  },
  cpus: {
    flag: "cpus",
    group: "target",
    placeholder: "N",
    prompt: "How many CPUs may the server use?",
    help: "CPUs, instead of the target's own; fractions such as 0.5 are real quotas.",
    // 0.01 CPU is the smallest quota that Docker accepts; 4096 is above every machine Linux runs on today.
    shape: { kind: "number", min: 0.01, max: 4096, integer: false },
    default: () => undefined,
  },
  memory: {
    flag: "memory",
    group: "target",
    placeholder: "SIZE",
    prompt: "How much memory may the server use?",
    help: "Memory, instead of the target's own: 512m, 1.5GiB or bytes; multiples are binary.",
    // Below 1 MiB no runtime starts, so such a number is a typing error; 64 TiB is x86-64 Linux's classic limit.
    shape: { kind: "size", min: 1024 ** 2, max: 64 * 1024 ** 4 },
    default: () => undefined,
  },
  arch: {
    flag: "arch",
    group: "target",
    placeholder: "x64|arm64",
    prompt: "Which architecture does it have?",
    help: "Architecture, instead of the target's own.",
    shape: {
      kind: "choice",
      choices: [
        { value: "x64", label: "x64", hint: "Intel and AMD" },
        { value: "arm64", label: "arm64", hint: "Graviton, Ampere, Apple, Raspberry Pi" },
      ],
    },
    default: () => undefined,
  },
  runtime: {
    flag: "runtime",
    group: "basic",
    placeholder: "bun|deno",
    prompt: "Which runtime?",
    help: "The JavaScript runtime; bun unless Deno is the package manager or Bun cannot run there.",
    shape: {
      kind: "choice",
      choices: [
        { value: "bun", label: "Bun", hint: "native router, least memory per connection" },
        { value: "deno", label: "Deno", hint: "permissions for workers, choice of allocator" },
      ],
    },
    default(before, inputs) {
      const [first, second] =
        inputs.packageManager === "deno" ? (["deno", "bun"] as const) : (["bun", "deno"] as const);
      return inputs.isRefused?.("runtime", first, before) === true ? second : first;
    },
  },
  workload: {
    flag: "workload",
    group: "basic",
    placeholder: workloads.join("|"),
    prompt: "What will it mostly do?",
    help: "What the server mostly does; decides body limits, timeouts and how memory is divided.",
    shape: {
      kind: "choice",
      choices: describe(workloads, {
        api: ["API", "small JSON in and out"],
        static: ["Static files", "many reads, small requests"],
        realtime: ["Real time", "WebSockets, many idle connections"],
        upload: ["Uploads", "large request bodies"],
        mixed: ["Mixed", "some of everything"],
      }),
    },
    default: () => "api",
  },
  exposure: {
    flag: "exposure",
    group: "basic",
    placeholder: exposures.join("|"),
    prompt: "Who connects to it?",
    help: "Who connects: a reverse proxy, or the internet directly.",
    shape: {
      kind: "choice",
      choices: describe(exposures, {
        proxy: ["A reverse proxy", "nginx, Caddy or a load balancer cuts off slow clients"],
        direct: ["The internet, directly", "the server cuts off slow clients itself; on Deno this costs speed"],
      }),
    },
    default: () => "proxy",
  },
  objective: {
    flag: "objective",
    group: "customise",
    placeholder: objectives.join("|"),
    prompt: "What matters most?",
    help: "What to favour where speed, latency and memory pull apart.",
    shape: {
      kind: "choice",
      choices: describe(objectives, {
        balanced: ["Balanced", "no extreme"],
        throughput: ["Throughput", "most requests per second"],
        latency: ["Latency", "shortest worst case"],
        memory: ["Memory", "smallest resident size"],
      }),
    },
    default: () => "balanced",
  },
  connections: {
    flag: "connections",
    group: "customise",
    placeholder: "N",
    prompt: "How many connections at once?",
    help: "Open connections to provide for; as many as the target can hold unless given.",
    // Ten million is beyond what one address and port have been made to hold in public experiments.
    shape: { kind: "number", min: 1, max: 10_000_000, integer: true },
    default: () => undefined,
  },
  allocator: {
    flag: "allocator",
    group: "customise",
    placeholder: allocatorBackends.join("|"),
    prompt: "Which memory allocator under the runtime?",
    help: "The malloc under the runtime; auto takes the one that measured best for the workload.",
    shape: {
      kind: "choice",
      choices: describe(allocatorBackends, {
        auto: ["Automatic", "by runtime, workload and objective"],
        system: ["The C library's", "nothing is preloaded"],
        mimalloc: ["mimalloc", "compact, by Microsoft"],
        jemalloc: ["jemalloc", "by Meta"],
        tcmalloc: ["tcmalloc", "by Google"],
      }),
    },
    default: () => "auto",
  },
  tls: {
    flag: "tls",
    group: "customise",
    placeholder: tlsModes.join("|"),
    prompt: "Does the server speak TLS itself?",
    help: "TLS in the server itself: off, certificate files, or a certificate for development.",
    shape: {
      kind: "choice",
      choices: describe(tlsModes, {
        off: ["No", "plain text, or TLS ends at the proxy"],
        files: ["Certificate files", "PEM paths from the configuration"],
        dev: ["Development certificate", "self-signed, made on first start"],
      }),
    },
    default: () => "off",
  },
  tlsProfile: {
    flag: "tls-profile",
    group: "customise",
    placeholder: tlsProfiles.join("|"),
    prompt: "Which TLS profile?",
    help: "Mozilla's TLS profile.",
    shape: {
      kind: "choice",
      choices: describe(tlsProfiles, {
        intermediate: ["Intermediate", "TLS 1.2 and 1.3"],
        modern: ["Modern", "TLS 1.3 only"],
      }),
    },
    default: () => "intermediate",
    when: (before) => before.tls !== "off",
  },
  port: {
    flag: "port",
    group: "customise",
    placeholder: "N",
    prompt: "Which port?",
    help: "TCP port of the server; 0 lets the kernel choose.",
    shape: { kind: "number", min: 0, max: 65_535, integer: true },
    default: () => 3000,
  },
  features: {
    flag: "features",
    group: "customise",
    placeholder: "A,B|default|all|none",
    prompt: "Which features?",
    help: `Parts of the server; "default" stands for those of the workload and exposure, "-" takes one away, as in default,cors,-websocket or all,-tasks. There are ${featureNames.join(", ")}.`,
    shape: {
      kind: "list",
      choices: describe(featureNames, {
        "request-id": ["Request id", "an id per request, in the response and in the log"],
        "request-log": ["Request log", "batched, structured lines"],
        "security-headers": ["Security headers", "OWASP's, computed once"],
        cors: ["CORS", "browsers of other sites may call; you list the origins"],
        overload: ["Overload protection", "sheds load in order before the server breaks down"],
        "rate-limit": ["Rate limit", "per client and route; behind a proxy it must know the proxy's address"],
        auth: ["Authentication", "passwords and bearer tokens, per route"],
        "response-cache": ["Response cache", "answers of routes that ask for it, shared by all workers"],
        compression: ["Compression", "gzip, Brotli and Zstandard, where no proxy does it"],
        tasks: ["Task threads", "CPU-heavy work beside the event loops"],
        websocket: ["WebSocket", "a bounded WebSocket route"],
        "static-files": ["Static files", "a folder, with ranges, validators and precompressed files"],
      }),
    },
    default: ({ workload = "api", exposure = "proxy" }) => defaultFeatures(workload, exposure),
  },
  deploy: {
    flag: "deploy",
    group: "customise",
    placeholder: "A,B|all|none",
    prompt: "Which deployment files?",
    help: `Deployment files to write: ${deployTargets.join(", ")}.`,
    shape: {
      kind: "list",
      choices: describe(deployTargets, {
        docker: ["Docker", "a Dockerfile with the plan's environment"],
        systemd: ["systemd", "a unit with the plan's limits"],
        github: ["GitHub Actions", "a workflow that opens what a retune would change as a pull request"],
      }),
    },
    // An allocator and the engine's flags must be set before the process starts. The Dockerfile is where the plan
    // carries them to any host, and it is inert where nobody builds it; a systemd unit assumes one kind of host.
    default: (before, inputs) => (inputs.isRefused?.("deploy", "docker", before) === true ? [] : ["docker"]),
  },
  packageManager: {
    flag: "package-manager",
    group: "customise",
    placeholder: packageManagers.join("|"),
    prompt: "Which package manager?",
    help: "The package manager that installs; detected unless given.",
    shape: {
      kind: "choice",
      choices: describe(packageManagers, {
        npm: ["npm", "comes with Node"],
        pnpm: ["pnpm", "shared store"],
        yarn: ["Yarn", ""],
        bun: ["Bun", "as package manager"],
        deno: ["Deno", "as package manager"],
      }),
    },
    default: (_before, inputs) => inputs.packageManager,
  },
};

export const questionKeys: readonly QuestionKey[] = Object.keys(questions) as QuestionKey[];

/** "tls-profile" -> "CREATE_FASTSERVE_TLS_PROFILE". */
export function environmentNameOf(flag: string): string {
  return `${ENVIRONMENT_PREFIX}${flag.toUpperCase().replaceAll("-", "_")}`;
}

export const ENVIRONMENT_PREFIX = "CREATE_FASTSERVE_";

function emptyFault(text: string): string | undefined {
  return text.trim() === "" ? "is empty" : undefined;
}

/** Rows of choices in the order of the contract; a choice without words does not compile. */
function describe<const Name extends string>(
  names: readonly Name[],
  words: Readonly<Record<Name, readonly [label: string, hint: string]>>,
): readonly Choice[] {
  return names.map((value) => ({ value, label: words[value][0], hint: words[value][1] }));
}
