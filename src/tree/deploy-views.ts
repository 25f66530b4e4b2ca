/** Plan -> the views of what runs the server elsewhere: the image, the command that starts it, the systemd unit. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { type RuntimeName, runtimeVersions } from "../../templates/app/src/runtime/capabilities.ts";
import { assert } from "../lib/assert.ts";
import { formatBytes, formatCpus } from "../lib/units.ts";
import type { Plan } from "../plan/plan.ts";
import { noProfiles, type Profiles } from "./profile-wish.ts";
import type { View } from "./render.ts";

export const runtimeTitles = { bun: "Bun", deno: "Deno" } as const satisfies Record<RuntimeName, string>;

/** Limits that `docker run` needs to give the container what the plan was made for. */
export function dockerRunView(plan: Plan): View {
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

/** Behind a proxy the port is published to this machine only. */
function publishedPort({ answers, decisions }: Plan): string {
  const port = decisions["server.port"].value;
  return answers.exposure.value === "proxy" ? `127.0.0.1:${port}:${port}` : `${port}:${port}`;
}

export function dockerfileView(plan: Plan, profiles: Profiles = noProfiles): View {
  const { runtime } = plan;
  const packages = allocatorPackagesOf([plan, ...profiles.values()]);
  return {
    runtime,
    runtimeTitle: runtimeTitles[runtime],
    runtimeImage: runtimeImages[runtime].name,
    runtimePath: runtimeImages[runtime].path,
    isBun: runtime === "bun",
    isDeno: runtime === "deno",
    // Bun brings its own mimalloc; nothing can be preloaded there.
    hasAllocatorPackage: runtime === "deno" && packages.length > 0,
    allocatorPackage: packages.join(" "),
    hasProfiles: profiles.size > 0,
    profileNames: [...profiles.keys()].sort().join(", "),
    port: String(plan.decisions["server.port"].value),
    adminPort: String(plan.decisions["admin.port"].value),
    entrypoint: JSON.stringify([`/usr/local/bin/${runtime}`, ...launchArguments[runtime]]),
    stopSeconds: String(stopSeconds(plan)),
  };
}

/** One image serves every profile, so it has what each of them preloads. */
function allocatorPackagesOf(plans: readonly Plan[]): readonly string[] {
  const backends = plans.map((plan) => String(plan.decisions["allocator.backend"].value));
  return [...new Set(backends.flatMap((backend) => allocatorPackages[backend] ?? []))].sort();
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

/** The project's name for an image or a unit: without npm's scope, and only characters that both accept. */
export function systemName(name: string): string {
  return (
    name
      .replace(/^@[^/]*\//, "")
      .replaceAll(/[^a-z0-9.-]+/g, "-")
      .replaceAll(/^[.-]+|[.-]+$/g, "") || "server"
  );
}
