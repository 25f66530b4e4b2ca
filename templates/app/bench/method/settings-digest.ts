/** A name for the settings: equal for two servers that are tuned alike, whatever port, folder or secret they have. */
import { createHash } from "node:crypto";
import type { ServerConfig } from "../../src/config/schema.ts";
import { settings } from "../../src/config/settings.ts";

/** Where a server is, and not what it is; the bench's own sizes stand in the report by themselves. */
const placeKeys: ReadonlySet<string> = new Set(["server.host", "server.port", "static.root", "tls.cert", "tls.key"]);
const placeSections: ReadonlySet<string> = new Set(["admin", "bench"]);

export function settingsDigest(config: ServerConfig): string {
  const sections: Readonly<Record<string, Readonly<Record<string, unknown>>>> = config;
  const values = [...settings.values()]
    .filter(({ key, section, name, secret }) => {
      const isPlace = placeKeys.has(key) || placeSections.has(section) || name.endsWith("_file");
      return !isPlace && !secret;
    })
    .map(({ key, section, name }) => [key, sections[section]?.[name] ?? null])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(values)).digest("hex");
}
