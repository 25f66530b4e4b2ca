/** The package manager of the project, its lockfiles, and whether what runs the server is installed in the right version. */
import path from "node:path";
import type { PackageManager } from "../answers/choices.ts";
import { packageManagerCommands } from "../finish/next-steps.ts";
import { declaredPackageManager, lockfiles } from "../finish/package-manager.ts";
import type { Exec, FileSystem } from "../io/ports.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface PackagesReading {
  readonly directory: string;
  readonly packageManager: PackageManager;
  readonly runtime: "bun" | "deno";
  /** The version that the project is generated for. */
  readonly pinned: string;
}

export function checkPackages(fs: FileSystem, exec: Exec, reading: PackagesReading): readonly Finding[] {
  return [checkManager(fs, exec, reading), checkRuntime(fs, reading)];
}

function checkManager(fs: FileSystem, exec: Exec, { directory, packageManager, runtime }: PackagesReading): Finding {
  const subject = "package manager";
  const present = lockfiles.filter(([file]) => fs.info(path.join(directory, file)) !== undefined);
  // Deno writes its own lockfile whoever installs.
  const foreign = present.filter(([, name]) => name !== packageManager && !(name === "deno" && runtime === "deno"));
  if (foreign.length > 0) {
    const names = foreign.map(([file]) => file).join(", ");
    const reason = `Beside it stands ${names}; versions may differ between package managers.`;
    const next = `delete it, or switch: create-fastserve retune --package-manager ${foreign[0]?.[1]}`;
    return warning(subject, packageManager, reason, next);
  }
  const declared = declaredPackageManager(fs, directory);
  if (declared !== undefined && declared !== packageManager) {
    const reason = `package.json names ${declared}, and the plan's commands are written for ${packageManager}.`;
    return warning(subject, packageManager, reason, `switch: create-fastserve retune --package-manager ${declared}`);
  }
  if (!exec.has(packageManager)) {
    const reason = "The project's packages are installed with it, and PATH holds none.";
    return warning(subject, packageManager, reason, `install ${packageManager}`);
  }
  const own = present.find(([, name]) => name === packageManager)?.[0];
  if (own !== undefined) return ok(subject, `${packageManager}, ${own}`, "Installs give the same versions everywhere.");
  const reason = "There is no lockfile, so every install may pick other versions below the direct ones.";
  return warning(subject, packageManager, reason, `run ${packageManagerCommands[packageManager].install}`);
}

/** Bun and Deno are development dependencies of the project; what lies elsewhere on the machine does not matter. */
function checkRuntime(fs: FileSystem, { directory, packageManager, runtime, pinned }: PackagesReading): Finding {
  const install = packageManagerCommands[packageManager].install;
  const manifest = readJson(fs, path.join(directory, "package.json"));
  if (manifest === unreadable) {
    return problem("runtime", "unknown", "package.json is no JSON object.", "correct package.json", "usage");
  }
  if (manifest === undefined) {
    const next = "run create-fastserve retune --target recorded --restore package.json";
    return warning("runtime", "no package.json", "No install brings the runtime and the packages without it.", next);
  }
  const wanted = wantedVersion(manifest, runtime);
  if (wanted === undefined) {
    const reason = "An install does not bring the runtime, so the server may run in another version, or not at all.";
    return warning(
      "runtime",
      `no ${runtime} in package.json`,
      reason,
      `add "${runtime}": "${pinned}" to devDependencies`,
    );
  }
  if (wanted !== pinned) {
    const reason = `The plan is made and measured for ${pinned}; flags and limits may differ.`;
    return warning("runtime", `${runtime} ${wanted} in package.json`, reason, `set it to ${pinned}, or measure anew`);
  }
  const installed = versionIn(fs, path.join(directory, "node_modules", runtime, "package.json"));
  if (installed === undefined) {
    return warning("runtime", `${runtime} ${pinned}, not installed`, "The server cannot start yet.", `run ${install}`);
  }
  if (installed === pinned) return ok("runtime", `${runtime} ${pinned}`, "The plan is made and measured for it.");
  const reason = `package.json asks for ${pinned}.`;
  return warning("runtime", `${runtime} ${installed} installed`, reason, `run ${install}`);
}

const unreadable = Symbol("unreadable");

function wantedVersion({ devDependencies, dependencies }: Manifest, runtime: string): string | undefined {
  const version = fieldOf(devDependencies, runtime) ?? fieldOf(dependencies, runtime);
  return typeof version === "string" ? version : undefined;
}

function versionIn(fs: FileSystem, file: string): string | undefined {
  const manifest = readJson(fs, file);
  if (manifest === unreadable || typeof manifest?.version !== "string") return undefined;
  return manifest.version;
}

type Manifest = Readonly<Record<string, unknown>>;

/** undefined: no such file. */
function readJson(fs: FileSystem, file: string): Manifest | typeof unreadable | undefined {
  if (fs.info(file)?.kind === "directory") return unreadable;
  const bytes = fs.read(file);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(
      Buffer.from(bytes)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    );
    return isManifest(value) ? value : unreadable;
  } catch {
    // A row says so.
    return unreadable;
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return isManifest(value) ? value[key] : undefined;
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
