/** Which package manager a project is for: the one that is at work already, never one the user has to get used to. */

import path from "node:path";
import { type PackageManager, packageManagers } from "../answers/choices.ts";
import type { Exec, FileSystem } from "../io/ports.ts";

export interface DetectedPackageManager {
  readonly name: PackageManager;
  /** invoked: it runs this program; field, lockfile: of a package around the project; default: nothing says otherwise. */
  readonly origin: "invoked" | "field" | "lockfile" | "default";
  readonly isInstalled: boolean;
}

/** In the order in which they are looked for: bun and deno also read package-lock.json, so npm's comes last. */
export const lockfiles: readonly (readonly [string, PackageManager])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["deno.lock", "deno"],
  ["package-lock.json", "npm"],
];

/**
 * @param directory absolute path of the project, which need not exist
 * @param userAgent value of `npm_config_user_agent`, which every package manager sets for what it runs
 */
export function detectPackageManager(
  fs: FileSystem,
  exec: Exec,
  directory: string,
  userAgent: string | undefined,
): DetectedPackageManager {
  const invoked = nameIn(userAgent);
  if (invoked !== undefined) return found(exec, invoked, "invoked");
  const folders = foldersAround(fs, directory);
  for (const folder of folders) {
    const field = declaredPackageManager(fs, folder);
    if (field !== undefined) return found(exec, field, "field");
    const lockfile = lockfiles.find(([file]) => fs.info(path.join(folder, file)) !== undefined);
    if (lockfile !== undefined) return found(exec, lockfile[1], "lockfile");
  }
  return found(exec, "npm", "default");
}

/** What the field `packageManager` of the folder's package.json names; undefined: nothing that is known. */
export function declaredPackageManager(fs: FileSystem, folder: string): PackageManager | undefined {
  return nameIn(fieldOf(fs, path.join(folder, "package.json")));
}

/** "pnpm/9.1.0 npm/? node/v20" and "pnpm@9.1.0+sha512..." both begin with the name. */
function nameIn(text: string | undefined): PackageManager | undefined {
  const name = /^[a-z]+/.exec(text ?? "")?.[0];
  return packageManagers.find((known) => known === name);
}

function found(exec: Exec, name: PackageManager, origin: DetectedPackageManager["origin"]): DetectedPackageManager {
  return { name, origin, isInstalled: exec.has(name) };
}

/**
 * The folders above the project up to the root of their repository. Outside of one only the folder that holds the
 * project counts: a lockfile in the home directory says nothing about a new project far below it.
 */
function foldersAround(fs: FileSystem, directory: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(directory); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (fs.info(path.join(folder, ".git")) !== undefined) return folders;
    if (path.dirname(folder) === folder) return folders.slice(0, 1);
  }
}

function fieldOf(fs: FileSystem, file: string): string | undefined {
  try {
    const bytes = fs.read(file);
    if (bytes === undefined) return undefined;
    const text = Buffer.from(bytes)
      .toString("utf8")
      .replace(/^\uFEFF/, "");
    const document: { packageManager?: unknown } | null = JSON.parse(text);
    return typeof document?.packageManager === "string" ? document.packageManager : undefined;
  } catch {
    // A package.json that somebody else broke, or that cannot be read, decides nothing here.
    return undefined;
  }
}
