/**
 * Exact versions of the packages that an emitted project depends on: the ones that this repository tests with.
 * A test keeps them equal to this repository's own package.json.
 */
import { runtimeVersions } from "../../templates/app/src/runtime/capabilities.ts";

export const pins = {
  "@types/deno": "2.7.0",
  "@types/node": "20.19.43",
  "@types/ws": "8.18.2",
  bun: runtimeVersions.bun,
  "bun-types": runtimeVersions.bun,
  deno: runtimeVersions.deno,
  "fast-check": "4.10.2",
  "toml-eslint-parser": "1.0.3",
  typescript: "7.0.2",
  uplot: "1.6.32",
  ws: "8.23.0",
  zod: "4.6.7",
} as const satisfies Readonly<Record<string, string>>;

export type PinnedPackage = keyof typeof pins;
