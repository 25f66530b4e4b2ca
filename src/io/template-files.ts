/** Reads the packaged `templates/` folder. Text is what decodes as UTF-8; everything else stays bytes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TemplateSource } from "../tree/template-source.ts";

/** Left behind by running the templates in place; never part of the package. */
const leftovers: ReadonlySet<string> = new Set([
  "node_modules",
  ".fastserve",
  "bench-reports",
  "deno.lock",
  "bun.lock",
  ".DS_Store",
]);

/** @param root absolute path of the `templates` folder */
export function templateFiles(root: string): TemplateSource {
  const paths = walk(root, "").sort();
  const known = new Set(paths);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return {
    list: () => paths,
    read(path) {
      if (!known.has(path)) throw new Error(`internal: no template named ${path}`);
      const bytes = readFileSync(join(root, path));
      try {
        return decoder.decode(bytes);
      } catch {
        return bytes; // A fatal decoder throws for binary files, which is what tells them apart.
      }
    },
  };
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (leftovers.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : [path];
  });
}
