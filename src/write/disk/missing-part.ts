import path from "node:path";
import type { FileSystem } from "../../io/ports.ts";

/** The nearest ancestor that exists (or the path itself), and the names below it that do not, outermost first. */
export function missingPart(fs: FileSystem, directory: string): { existing: string; missing: readonly string[] } {
  const missing: string[] = [];
  let existing = directory;
  while (fs.info(existing) === undefined && path.dirname(existing) !== existing) {
    missing.unshift(path.basename(existing));
    existing = path.dirname(existing);
  }
  return { existing, missing };
}
