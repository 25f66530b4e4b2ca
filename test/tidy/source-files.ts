/** The repository's own source files, as tidy tests see them: tracked or new, never ignored ones. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** POSIX paths relative to the repository, optionally below one folder. */
export function listFiles(below = ""): readonly string[] {
  const output = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--", below || "."], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return output.split("\n").filter((path) => path !== "" && existsSync(join(root, path)));
}

export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export interface Import {
  readonly from: string;
  /** A path in the repository for relative imports, else the specifier itself. */
  readonly to: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^;]*?\sfrom\s+)?"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm;

/** Static and dynamic imports of a TypeScript file. */
export function importsOf(path: string): readonly Import[] {
  const text = readText(path);
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? "";
    return {
      from: path,
      to: specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier,
      typeOnly: match[1] !== undefined,
      line: text.slice(0, match.index).split("\n").length,
    };
  });
}

/** Files that a file needs at run time, itself included, through relative imports that are not types only. */
export function runtimeClosure(entry: string): {
  readonly files: ReadonlySet<string>;
  readonly packages: ReadonlySet<string>;
} {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    for (const { to, typeOnly } of importsOf(path)) {
      if (typeOnly) continue;
      if (existsSync(join(root, to)) && to.includes("/")) queue.push(to);
      else if (!to.startsWith("node:")) packages.add(to);
    }
  }
  return { files, packages };
}
