/** All rules: one per setting, no more. A missing or surplus row does not compile. */
import type { SettingKey } from "../../../templates/app/src/config/schema.ts";
import type { RuleTable } from "../rule.ts";
import { allocatorRules } from "./allocator.ts";
import { authRules } from "./auth.ts";
import { benchRules } from "./bench.ts";
import { cacheRules } from "./cache.ts";
import { compressionRules } from "./compression.ts";
import { corsRules } from "./cors.ts";
import { engineRules } from "./engine.ts";
import { limitRules } from "./limits.ts";
import { logRules } from "./log.ts";
import { memoryRules } from "./memory.ts";
import { overloadRules } from "./overload.ts";
import { proxyRules } from "./proxy.ts";
import { rateLimitRules } from "./rate-limit.ts";
import { requestIdRules } from "./request-id.ts";
import { scratchRules } from "./scratch.ts";
import { securityHeaderRules } from "./security-headers.ts";
import { adminRules, serverRules } from "./server.ts";
import { staticRules } from "./static.ts";
import { targetRules } from "./target.ts";
import { taskRules } from "./tasks.ts";
import { timeoutRules } from "./timeouts.ts";
import { tlsRules } from "./tls.ts";
import { watchdogRules } from "./watchdog.ts";
import { websocketRules } from "./websocket.ts";
import { workerRules } from "./workers.ts";
import { zoneRules } from "./zones.ts";

/** In the schema's order, which is the order in which decisions are printed. */
export const rules = {
  ...targetRules,
  ...serverRules,
  ...workerRules,
  ...timeoutRules,
  ...limitRules,
  ...proxyRules,
  ...rateLimitRules,
  ...overloadRules,
  ...cacheRules,
  ...staticRules,
  ...compressionRules,
  ...securityHeaderRules,
  ...corsRules,
  ...authRules,
  ...taskRules,
  ...requestIdRules,
  ...websocketRules,
  ...tlsRules,
  ...logRules,
  ...adminRules,
  ...zoneRules,
  ...memoryRules,
  ...scratchRules,
  ...watchdogRules,
  ...engineRules,
  ...allocatorRules,
  ...benchRules,
} satisfies RuleTable<SettingKey>;

export const settingKeys: readonly SettingKey[] = Object.keys(rules) as SettingKey[];
