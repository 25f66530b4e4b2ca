/** What the README says of memory: the allocator's case, the watchdog's marks, and what workers use again. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { capabilities } from "../../templates/app/src/runtime/capabilities.ts";
import { formatBytes } from "../lib/units.ts";
import { allocatorRun } from "../plan/allocator-figures.ts";
import { valueText } from "../plan/explain.ts";
import { allocatorCase } from "../plan/explain-allocator.ts";
import type { Plan } from "../plan/plan.ts";
import { say } from "../plan/reasons.ts";
import type { View } from "./render.ts";

const useKeys = [
  "memory.log_arena",
  "memory.metrics_arena",
  "memory.body_assembly",
  "memory.encode_scratch",
  "memory.file_pool",
  "memory.frame_batch",
] as const satisfies readonly SettingKey[];

export function memoryView(plan: Plan): View {
  const { decisions } = plan;
  const { backends, refused } = allocatorCase(plan);
  const backend = String(decisions["allocator.backend"].value);
  const threads = decisions["workers.mode"].value === "threads";
  const text = (key: SettingKey) => valueText(decisions[key]);
  return {
    allocatorBackend: backend,
    allocatorWhy: say(decisions["allocator.backend"].reason),
    allocatorRounds: `${allocatorRun.rounds} x ${allocatorRun.seconds} s`,
    allocatorClaims: backends.flatMap((one) =>
      one.claims.map(({ side, text: claim }) => ({
        backend: one.chosen ? `**${one.backend}**` : one.backend,
        side,
        claim: claim.replaceAll("|", "\\|"),
      })),
    ),
    hasRefusedAllocators: refused.length > 0,
    refusedAllocators: refused.map(({ backend: name, why }) => `\`${name}\`: ${why}`),
    isPreloaded: plan.adapter !== "bun" && ["mimalloc", "jemalloc", "tcmalloc"].includes(backend),
    arenaBytes: text("memory.arena_bytes"),
    arenasMax: text("memory.arenas_max"),
    arenaSpill: text("memory.arena_spill_bytes_max"),
    memoryUses: useKeys.map((key) => ({
      key,
      value: text(key),
      why: say(decisions[key].reason).replaceAll("|", "\\|"),
    })),
    driftPercent: text("watchdog.drift_percent"),
    rollsWorkers: threads,
    rollsByResident: decisions["watchdog.rss_percent_roll"].value !== undefined,
    rssRoll: text("watchdog.rss_percent_roll"),
    heapRoll: text("watchdog.heap_percent_roll"),
    rollPause: text("watchdog.roll_ms_min"),
    hasHeapCap: capabilities[plan.adapter].heapLimit.has,
    rssHigh: formatBytes(Number(decisions["memory.rss_high_bytes"].value)),
  };
}
