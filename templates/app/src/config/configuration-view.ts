/** The running configuration for `/-/config`: each value with the layer it came from, secrets never. */
import type { LoadedConfig } from "./load.ts";
import type { Layer } from "./problem.ts";
import { redact } from "./secret.ts";
import { type Setting, settings } from "./settings.ts";

export interface ConfigurationView {
  /** Absent: none is chosen. */
  readonly profile?: string;
  readonly files: readonly string[];
  readonly pins: readonly string[];
  /** By dotted key, in the schema's order; settings that this runtime does not have are absent. */
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly origin: Layer }>>;
}

export function configurationView(
  { config, origin, profile, files, pins }: LoadedConfig,
  table: ReadonlyMap<string, Setting> = settings,
): ConfigurationView {
  const rows = [...table.values()].flatMap((setting) => {
    const from = origin[setting.key];
    if (from === undefined) return [];
    const section: Readonly<Record<string, unknown>> = config[setting.section as keyof typeof config];
    return [[setting.key, { value: redact(section[setting.name], setting.secret), origin: from }] as const];
  });
  return { ...(profile === undefined ? {} : { profile }), files, pins, settings: Object.fromEntries(rows) };
}
