/** Plan -> views: every string is ready to print, every choice between texts is made here and not in a template. */

import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import {
  type AdapterName,
  type Capability,
  capabilities,
  type RuntimeName,
  runtimeVersions,
} from "../../templates/app/src/runtime/capabilities.ts";
import { type FeatureName, featureNames } from "../answers/choices.ts";
import { repeatCommand } from "../answers/repeat-command.ts";
import { assert } from "../lib/assert.ts";
import { formatBytes, formatCpus } from "../lib/units.ts";
import type { Decision } from "../plan/decision.ts";
import type { Plan } from "../plan/plan.ts";
import { say } from "../plan/reasons.ts";
import { scripts, scriptsOf } from "./emit-package.ts";
import { clampText, valueText } from "./emit-tuned-toml.ts";
import { featureTexts } from "./feature-texts.ts";
import { memoryView } from "./memory-view.ts";
import type { View } from "./render.ts";

/** The settings that a reader wants to see first; the tuned file has them all. */
const mainSettings = [
  "workers.mode",
  "workers.count",
  "server.backlog_max",
  "limits.connections_max",
  "limits.in_flight_max",
  "limits.body_bytes_max",
  "timeouts.head_ms",
  "timeouts.request_ms",
  "timeouts.idle_ms",
  "timeouts.drain_ms",
  "memory.limit_bytes",
  "engine.heap_bytes_max",
  "engine.semi_space_bytes_max",
  "engine.ram_bytes",
  "engine.smol",
  "allocator.backend",
  "allocator.profile",
] as const satisfies readonly SettingKey[];

const runtimeTitles = { bun: "Bun", deno: "Deno" } as const satisfies Record<RuntimeName, string>;

export function readmeView(plan: Plan): View {
  const { runtime, answers, facts } = plan;
  // The settings of features that were not chosen stand nowhere.
  const decided = Object.values(plan.decisions).filter(({ reason }) => reason.code !== "feature_off");
  return {
    name: answers.name.value,
    runtimeTitle: runtimeTitles[runtime],
    runtimeVersion: runtimeVersions[runtime],
    adapter: plan.adapter,
    generatorVersion: plan.generatorVersion,
    command: repeatCommand(answers),
    targetIsThis: plan.target === "this",
    target: plan.target,
    machine: `${formatCpus(facts.cpus.value)}, ${formatBytes(facts.memoryBytes.value)}, ${facts.os.value} ${facts.arch.value}`,
    workload: answers.workload.value,
    objective: answers.objective.value,
    exposure: answers.exposure.value,
    nativeInstall: `${runtime} install`,
    nativeStart: runtime === "bun" ? "bun start" : "deno task start",
    nativeTest: runtime === "bun" ? "bun run test" : "deno task test",
    scripts: scriptsOf(plan).map((name) => ({ name, description: scripts[name].description })),
    decisions: mainSettings
      .map((key) => plan.decisions[key])
      .filter(concerns)
      .map(decisionRow),
    decisionCount: String(decided.length),
    assumedCount: String(decided.filter((row) => row.source.kind === "assumed").length),
    budget: plan.budget.map((row) => ({
      key: row.key,
      size: formatBytes(row.bytes),
      reason: cell(budgetReason(plan, row)),
    })),
    limit: valueText(plan.decisions["memory.limit_bytes"]),
    hasWarnings: plan.warnings.length > 0,
    warnings: plan.warnings.map(say),
    limits: adapterLimits(plan.adapter),
    url: `${plan.decisions["tls.mode"].value === "off" ? "http" : "https"}://127.0.0.1:${plan.decisions["server.port"].value}`,
    otherAddresses: plan.decisions["server.host"].value === "0.0.0.0" ? ", and on this machine's other addresses," : "",
    admin: `http://${plan.decisions["admin.host"].value}:${plan.decisions["admin.port"].value}`,
    benchRuns: valueText(plan.decisions["bench.runs"]),
    ...featuresView(plan),
    ...memoryView(plan),
    hasDocker: answers.deploy.value.includes("docker"),
    hasSystemd: answers.deploy.value.includes("systemd"),
    isDeno: runtime === "deno",
    hasTls: plan.decisions["tls.mode"].value === "files",
    tlsCert: String(plan.decisions["tls.cert"].value ?? ""),
    tlsKey: String(plan.decisions["tls.key"].value ?? ""),
    systemName: systemName(answers.name.value),
    ...dockerRunView(plan),
  };
}

/** What the server is made of, and what it is made without. */
function featuresView(plan: Plan): View {
  const has = (name: FeatureName): boolean => plan.features.includes(name);
  const absent = featureNames.filter((name) => !has(name));
  const reloaded = [...(has("static-files") ? ["static files"] : []), ...(has("auth") ? ["users", "tokens"] : [])];
  return {
    hasFeatures: plan.features.length > 0,
    hasFiles: reloaded.length > 0,
    reloadedFiles: reloaded.join(", "),
    cachesPrivately: has("response-cache") && has("auth"),
    features: featureNames.filter(has).map((name) => ({
      name,
      does: cell(featureTexts[name].does),
      settings: featureTexts[name].sections.map((section) => `\`[${section}]\``).join(", "),
    })),
    hasAbsentFeatures: absent.length > 0,
    absentFeatures: absent.map((name) => `\`${name}\``).join(", "),
    hasCache: has("response-cache"),
    hasRateLimit: has("rate-limit"),
    hasAuth: has("auth"),
    hasStatic: has("static-files"),
    staticRoot: `${plan.decisions["static.root"].value ?? "public"}/`,
    hasWebSocket: has("websocket"),
    isProxied: plan.answers.exposure.value === "proxy",
    trusted: valueText(plan.decisions["proxy.trusted"]),
  };
}

/** The row's reason, and what moved it from what the reason says. */
function budgetReason(plan: Plan, { key, reason }: Plan["budget"][number]): string {
  const decision = plan.decisions[key];
  return decision.clampedBy ? `${say(reason)} ${clampText(decision, decision.clampedBy)}` : say(reason);
}

/** Behind a proxy the port is published to this machine only. */
function publishedPort({ answers, decisions }: Plan): string {
  const port = decisions["server.port"].value;
  return answers.exposure.value === "proxy" ? `127.0.0.1:${port}:${port}` : `${port}:${port}`;
}

/** Limits that `docker run` needs to give the container what the plan was made for. */
function dockerRunView(plan: Plan): View {
  const nofile = number(plan, "limits.nofile_min");
  return {
    dockerCpus: String(plan.facts.cpus.value),
    cpus: formatCpus(plan.facts.cpus.value),
    dockerMemory: `${number(plan, "memory.limit_bytes")}b`,
    nofile: String(nofile),
    dockerNofile: `${nofile}:${nofile}`,
    port: String(plan.decisions["server.port"].value),
    publish: publishedPort(plan),
    mountCerts: plan.decisions["tls.mode"].value === "files" ? "-v ./certs:/app/certs:ro " : "",
    stopSeconds: String(stopSeconds(plan)),
  };
}

export function dockerfileView(plan: Plan): View {
  const { runtime } = plan;
  const backend = String(plan.decisions["allocator.backend"].value);
  return {
    runtime,
    runtimeTitle: runtimeTitles[runtime],
    runtimeImage: runtimeImages[runtime].name,
    runtimePath: runtimeImages[runtime].path,
    isBun: runtime === "bun",
    isDeno: runtime === "deno",
    // Bun brings its own mimalloc; nothing can be preloaded there.
    hasAllocatorPackage: runtime === "deno" && backend in allocatorPackages,
    allocatorPackage: allocatorPackages[backend] ?? "",
    port: String(plan.decisions["server.port"].value),
    adminPort: String(plan.decisions["admin.port"].value),
    entrypoint: JSON.stringify([`/usr/local/bin/${runtime}`, ...launchArguments[runtime]]),
    stopSeconds: String(stopSeconds(plan)),
  };
}

/** The official images that carry the binaries, and where the binary is in them. */
const runtimeImages = {
  bun: { name: `docker.io/oven/bun:${runtimeVersions.bun}`, path: "/usr/local/bin/bun" },
  deno: { name: `docker.io/denoland/deno:bin-${runtimeVersions.deno}`, path: "/deno" },
} as const satisfies Record<RuntimeName, { name: string; path: string }>;

/** Debian 12's packages of the backends that are preloaded; the others come with the runtime or with libc. */
const allocatorPackages: Readonly<Record<string, string>> = {
  jemalloc: "libjemalloc2",
  mimalloc: "libmimalloc2.0",
  tcmalloc: "libtcmalloc-minimal4",
};

const launchArguments = {
  bun: ["src/launch.ts"],
  deno: ["run", "--allow-all", "src/launch.ts"],
} as const satisfies Record<RuntimeName, readonly string[]>;

export function serviceView(plan: Plan): View {
  const { runtime } = plan;
  const port = number(plan, "server.port");
  return {
    name: systemName(plan.answers.name.value),
    runtime,
    execStart: [`/usr/local/bin/${runtime}`, ...launchArguments[runtime]].join(" "),
    isDeno: runtime === "deno",
    nofile: String(plan.decisions["limits.nofile_min"].value),
    memoryMax: String(number(plan, "memory.limit_bytes")),
    memoryMaxText: formatBytes(number(plan, "memory.limit_bytes")),
    memoryHigh: String(number(plan, "memory.rss_high_bytes")),
    memoryHighText: formatBytes(number(plan, "memory.rss_high_bytes")),
    cpuQuota: `${Math.round(plan.facts.cpus.value * 100)}%`,
    stopSeconds: String(stopSeconds(plan)),
    // Ports below 1024 need the capability; every other server gets none at all.
    capabilities: port > 0 && port < 1024 ? "CAP_NET_BIND_SERVICE" : "",
  };
}

/** Whatever stops the server waits for the whole drain, and this long for the process to end after it. */
const STOP_SLACK_SECONDS = 5;

function stopSeconds(plan: Plan): number {
  const drainMs = number(plan, "timeouts.drain_delay_ms") + number(plan, "timeouts.drain_ms");
  return Math.ceil(drainMs / 1000) + STOP_SLACK_SECONDS;
}

function number(plan: Plan, key: SettingKey): number {
  const { value } = plan.decisions[key];
  assert(typeof value === "number", `${key} is no number in the plan`);
  return value;
}

/** The other runtime's engine flags are no news in this project's README. */
function concerns(decision: Decision): boolean {
  return decision.value !== undefined || !decision.key.startsWith("engine.");
}

function decisionRow(decision: Decision): View {
  const clamp = decision.clampedBy ? ` ${clampText(decision, decision.clampedBy)}` : "";
  return {
    key: decision.key,
    value: cell(valueText(decision)),
    reason: cell(`${say(decision.reason)}${clamp}`),
    origin: decision.origin,
    source: cell(`${decision.source.kind}: ${decision.source.ref}`),
  };
}

/** What the adapter cannot do, or only with a catch, in the words of its own table. */
function adapterLimits(adapter: AdapterName): string[] {
  const rows: readonly Capability[] = Object.values(capabilities[adapter]);
  return [...new Set(rows.flatMap((row) => (row.reason === undefined ? [] : [row.reason])))];
}

/** The project's name for an image or a unit: without npm's scope, and only characters that both accept. */
export function systemName(name: string): string {
  return (
    name
      .replace(/^@[^/]*\//, "")
      .replaceAll(/[^a-z0-9.-]+/g, "-")
      .replaceAll(/^[.-]+|[.-]+$/g, "") || "server"
  );
}

/** Text for one cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
