/** What stands between the runtime's path and a module: flags that give a program of the bench all permissions. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type AdapterName, runtimeOf } from "../../src/runtime/capabilities.ts";
import { runtime } from "../../src/wiring.ts";

export function programArgs(command: readonly string[]): readonly string[] {
  if (runtimeOf(runtime.adapter) === "bun") return command;
  return ["run", "--allow-all", "--unstable-net", "--unstable-worker-options", ...projectConfig(), ...command];
}

/** Where one project is tried on several adapters, each has a configuration of its own. */
export function projectConfig(adapter: AdapterName = runtime.adapter): readonly string[] {
  const file = fileURLToPath(new URL("../../deno.http.json", import.meta.url));
  return adapter === "deno-http" && existsSync(file) ? ["--config", file] : [];
}
