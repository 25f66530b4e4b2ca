/** Which adapter serves: decided by the runtime and by who connects, before any setting. */
import type { AdapterName, RuntimeName } from "../../templates/app/src/runtime/capabilities.ts";
import type { Exposure } from "../answers/choices.ts";

/**
 * Deno.serve has no timeouts and no connection limit: it is safe only behind a proxy that has them. node:http on
 * Deno has both, at 2.4 times the CPU per request. Bun.serve cuts slow heads and slow bodies by itself.
 */
export function adapterOf(runtime: RuntimeName, exposure: Exposure): AdapterName {
  if (runtime === "bun") return "bun";
  return exposure === "proxy" ? "deno-serve" : "deno-http";
}
