/** Plan -> views: every string is ready to print, every choice between texts is made here and not in a template. */

import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import {
  type AdapterName,
  type Capability,
  capabilities,
  runtimeVersions,
} from "../../templates/app/src/runtime/capabilities.ts";
import { type FeatureName, featureNames } from "../answers/choices.ts";
import { repeatCommand } from "../answers/repeat-command.ts";
import { formatBytes, formatCpus } from "../lib/units.ts";
import type { Decision } from "../plan/decision.ts";
import type { Plan } from "../plan/plan.ts";
import { say } from "../plan/reasons.ts";
import { dockerRunView, runtimeTitles, systemName } from "./deploy-views.ts";
import { scripts, scriptsOf } from "./emit-package.ts";
import { clampText, valueText } from "./emit-tuned-toml.ts";
import { featureTexts } from "./feature-texts.ts";
import { memoryView } from "./memory-view.ts";
import { noProfiles, type Profiles } from "./profile-wish.ts";
import { profilesView } from "./profiles-view.ts";
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

export function readmeView(plan: Plan, profiles: Profiles = noProfiles): View {
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
    hasGithub: answers.deploy.value.includes("github"),
    isDeno: runtime === "deno",
    hasTls: plan.decisions["tls.mode"].value === "files",
    tlsCert: String(plan.decisions["tls.cert"].value ?? ""),
    tlsKey: String(plan.decisions["tls.key"].value ?? ""),
    systemName: systemName(answers.name.value),
    ...dockerRunView(plan),
    ...profilesView(profiles),
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

/** Text for one cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
