/** Where this package lies and which version it is. The bundle stands one level deeper than the package, sources two. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Put in by scripts/build.mjs; sources run without it. */
declare const BUNDLE_VERSION: string | undefined;

const bundled = typeof BUNDLE_VERSION === "string";

export const packageRoot: string = fileURLToPath(new URL(bundled ? "../" : "../../", import.meta.url));

export const generatorVersion: string = typeof BUNDLE_VERSION === "string" ? BUNDLE_VERSION : versionOfSources();

function versionOfSources(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  return manifest.version;
}
