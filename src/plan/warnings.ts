/** What the user should know although nothing is refused. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import type { Answers } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { HardwareFacts } from "../facts/hardware-facts.ts";
import type { Decision, Reason } from "./decision.ts";
import { reason } from "./reasons.ts";

export interface WarningInputs {
  readonly answers: Answers;
  readonly facts: HardwareFacts;
  readonly adapter: AdapterName;
  readonly decisions: Readonly<Record<SettingKey, Decision>>;
}

/** The facts that carry a plan, with the words for them. */
const weightyFacts = { cpus: "the CPUs", memoryBytes: "the memory", nofileHard: "the limit on open files" } as const;

/** Features that count by client, and so need to know who is behind a proxy. */
const clientFeatures: readonly FeatureName[] = ["rate-limit", "auth"];

export function warningsOf({ answers, facts, adapter, decisions }: WarningInputs): readonly Reason[] {
  const value = (key: SettingKey) => decisions[key].value;
  const isolate = facts.container.value === "isolate";
  const backend = String(value("allocator.backend"));
  const assumedFacts = (Object.keys(weightyFacts) as (keyof typeof weightyFacts)[]).filter(
    (key) => facts[key].origin === "assumed",
  );
  const countingFeatures = clientFeatures.filter((name) => answers.features.value.includes(name));
  const rows: readonly (readonly [boolean, Reason])[] = [
    [
      assumedFacts.length > 0,
      reason("warn_assumed_facts", { facts: listed(assumedFacts.map((key) => weightyFacts[key])) }),
    ],
    [isolate, reason("warn_isolate", {})],
    [adapter === "deno-serve" && !isolate, reason("warn_proxy_timeouts", {})],
    [answers.exposure.value === "direct" && answers.tls.value === "off", reason("warn_no_tls", {})],
    [
      answers.exposure.value === "proxy" && countingFeatures.length > 0,
      reason("warn_clients_proxy", { features: listed(countingFeatures) }),
    ],
    [
      answers.exposure.value === "direct" && answers.tls.value === "off" && answers.features.value.includes("auth"),
      reason("warn_auth_clear", {}),
    ],
    [answers.tls.value === "dev", reason("warn_dev_certificate", {})],
    [adapter === "bun" && !Number.isInteger(facts.cpus.value), reason("warn_fraction_bun", { cpus: facts.cpus.value })],
    [adapter === "bun" && facts.memoryBytes.value < facts.memoryHostBytes.value, reason("warn_no_heap_cap", {})],
    [
      // Deno.serve loses about as many with it as without: it closes what it took over and has not read.
      adapter !== "deno-serve" &&
        Number(value("workers.count")) > 1 &&
        facts.os.value === "linux" &&
        !facts.tcpMigrateReq.value,
      reason("warn_migrate", {}),
    ],
    [facts.numaNodes.value > 1, reason("warn_numa", { numaNodes: facts.numaNodes.value })],
    [adapter !== "bun" && ["tcmalloc", "mimalloc", "jemalloc"].includes(backend), reason("warn_preload", { backend })],
    [
      backend === "jemalloc" && ["upload", "mixed"].includes(answers.workload.value),
      reason("warn_allocator_needs_measuring", {}),
    ],
  ];
  return rows.filter(([applies]) => applies).map(([, warning]) => warning);
}

/** "a", "a and b", "a, b and c". */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
