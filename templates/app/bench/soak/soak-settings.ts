/**
 * What a soak sets differently from the plan, so that garbage is not taken for a leak.
 *
 * JavaScriptCore paces its full collections by the memory size that it is told: told gigabytes, it lets dead objects that
 * have grown old lie for longer than a soak lasts, which looks like steady growth. A leak grows whatever the size.
 * Seen with a plan for 23.5 GiB: memory that rose by 2.4 GiB an hour was a sawtooth around one level at this size.
 */
import type { ServerConfig } from "../../src/config/schema.ts";
import type { SettingTexts } from "../server/launch-command.ts";

/** A heap of tens of MiB then sees a full collection about each half minute of load. */
const RAM_BYTES_MAX = 64 * 1024 ** 2;

export interface SoakSettings {
  readonly settings: SettingTexts;
  /** For the report, a sentence each. */
  readonly notes: readonly string[];
}

/** @param engine of the project; a size that the plan makes smaller, or that the runtime does not have, stays */
export function soakSettings({ engine }: { readonly engine: Pick<ServerConfig["engine"], "ram_bytes"> }): SoakSettings {
  if (engine.ram_bytes === undefined || engine.ram_bytes <= RAM_BYTES_MAX) return { settings: {}, notes: [] };
  return {
    settings: { "engine.ram_bytes": String(RAM_BYTES_MAX) },
    notes: [
      "engine.ram_bytes: 64 MiB for the soak, so that dead objects are collected while it lasts; more would let them look like a leak.",
    ],
  };
}
