/**
 * Where the peers' npm packages are: with the project if it happens to have exactly these versions, else in a folder of
 * their own below node_modules, which git, packers and checkers leave out. The server never depends on them.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../cli/bench-error.ts";

/** This folder, in which package.json and servers/ stand. */
export const peersFolder = dirname(fileURLToPath(import.meta.url));

export interface PeersManifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

export function peersManifest(): PeersManifest {
  return JSON.parse(readFileSync(join(peersFolder, "package.json"), "utf8")) as PeersManifest;
}

/** Below the project's node_modules. Its packages hold for as long as the pins are these. */
export function privateFolder(directory: string): string {
  return join(directory, "node_modules", ".cache", "fastserve-peers");
}

/** Says in the private folder for which pins its packages were installed. */
const MARK = ".installed";

/**
 * The folder from which the programs find these packages in their pinned versions; undefined: they have to be installed.
 * `directory`: the project's.
 */
export function folderWith(packages: readonly string[], directory: string): string | undefined {
  const { dependencies } = peersManifest();
  const isHere = (name: string) =>
    name in dependencies && versionSeen(name, join(peersFolder, "servers")) === dependencies[name];
  if (packages.every(isHere)) return peersFolder;
  const folder = privateFolder(directory);
  const mark = join(folder, MARK);
  if (!existsSync(mark) || readFileSync(mark, "utf8") !== pinsDigest()) return undefined;
  copyPrograms(folder);
  return folder;
}

/** An empty place for an installer: the pins, and the programs that import what they pin. */
export function layOut(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(peersFolder, file), join(folder, file));
  copyPrograms(folder);
}

/** @throws BenchError when an installer that ended well has left something out */
export function markInstalled(folder: string): void {
  for (const [name, version] of Object.entries(peersManifest().dependencies)) {
    const seen = versionSeen(name, folder);
    if (seen !== version)
      throw new BenchError(`${name} ${seen ?? "(none)"} is installed in ${folder} instead of ${version}`);
  }
  writeFileSync(join(folder, MARK), pinsDigest());
}

/** Each time, so that an edited program is the one that runs. */
function copyPrograms(folder: string): void {
  cpSync(join(peersFolder, "servers"), join(folder, "servers"), { recursive: true });
}

function pinsDigest(): string {
  const hash = createHash("sha256");
  for (const file of ["package.json", "package-lock.json"]) hash.update(readFileSync(join(peersFolder, file)));
  return hash.digest("hex");
}

/** Of the package that an import in `folder` would get: the nearest node_modules wins. */
function versionSeen(name: string, folder: string): string | undefined {
  const file = join(folder, "node_modules", name, "package.json");
  if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  return dirname(folder) === folder ? undefined : versionSeen(name, dirname(folder));
}
