/** What a folder holds, as a value that deepEqual can compare byte for byte. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Path -> permissions and content (latin1, so that every byte shows); folders end with a slash. undefined: no folder. */
export function snapshot(root: string, ignore: readonly string[] = []): Record<string, string> | undefined {
  const files: Record<string, string> = {};
  try {
    walk(root, "", files, new Set(ignore));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return files;
}

function walk(root: string, folder: string, files: Record<string, string>, ignore: ReadonlySet<string>): void {
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (ignore.has(path)) continue;
    const stats = lstatSync(join(root, path));
    const mode = (stats.mode & 0o777).toString(8);
    if (stats.isDirectory()) {
      files[`${path}/`] = "folder";
      walk(root, path, files, ignore);
    } else if (stats.isSymbolicLink()) files[path] = `symlink ${readlinkSync(join(root, path))}`;
    else files[path] = `${mode} ${readFileSync(join(root, path)).toString("latin1")}`;
  }
}
