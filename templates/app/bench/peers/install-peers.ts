/** Installs the peers' packages on first use: exact versions by the lock file, and no script of theirs runs. */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import type { RuntimeName } from "../../src/runtime/capabilities.ts";
import { BenchError } from "../cli/bench-error.ts";
import { findProgram } from "../server/find-program.ts";
import { folderWith, layOut, markInstalled, peersManifest, privateFolder } from "./peer-packages.ts";

export interface InstallRequest {
  /** The project's folder. */
  readonly directory: string;
  /** Of the peers that were asked for. */
  readonly packages: readonly string[];
  readonly runtime: RuntimeName;
  readonly interrupt: AbortSignal;
  /** A line for the person who waits. */
  say(line: string): void;
}

export interface Installer {
  readonly program: string;
  readonly args: readonly string[];
  /** Whether it can work below a node_modules folder. */
  readonly inPlace: boolean;
}

/** Some 65 small packages; a slow line gets this. */
const INSTALL_MS_MAX = 180_000;
const OUTPUT_CHARS_MAX = 2048;
const AVOID = "--peers bare,nginx";

/** The folder from which the programs run. */
export async function installPeers(request: InstallRequest): Promise<string> {
  const { directory, packages, say } = request;
  const ready = folderWith(packages, directory);
  if (ready !== undefined) return ready;
  const folder = privateFolder(directory);
  const installer = installerOf(findProgram("npm"), request.runtime);
  const { dependencies } = peersManifest();
  const names = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  const step = `${basename(installer.program)} ${installer.args[0] ?? ""}`;
  say(`Installing ${names.join(", ")} into ${folder} (${step}, no scripts; ${AVOID} does without).`);
  if (installer.inPlace) {
    layOut(folder);
    await runInstaller(installer, folder, request.interrupt);
  } else {
    await installElsewhere(installer, folder, request.interrupt);
  }
  markInstalled(folder);
  return folder;
}

/** npm goes by its lock file, and where it is missing the runtimes do so as well: both read it. */
export function installerOf(npm: string | undefined, runtime: RuntimeName): Installer {
  if (npm !== undefined) {
    const quick = ["--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
    return { program: npm, args: ["ci", "--ignore-scripts", ...quick, "--loglevel=error"], inPlace: true };
  }
  const program = process.execPath;
  if (runtime === "bun") return { program, args: ["install", "--ignore-scripts"], inPlace: true };
  // Deno looks at no package.json below a node_modules folder; and no script runs unless --allow-scripts names its package.
  return { program, args: ["install", "--node-modules-dir=auto"], inPlace: false };
}

async function installElsewhere(installer: Installer, folder: string, interrupt: AbortSignal): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), "fastserve-peers-"));
  try {
    layOut(place);
    await runInstaller(installer, place, interrupt);
    layOut(folder);
    // The links in it are relative.
    cpSync(join(place, "node_modules"), join(folder, "node_modules"), { recursive: true, verbatimSymlinks: true });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** @throws BenchError that names the step, and what to do */
function runInstaller({ program, args }: Installer, folder: string, interrupt: AbortSignal): Promise<void> {
  const step = `${basename(program)} ${args[0] ?? ""}`;
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(INSTALL_MS_MAX)]);
  return new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new BenchError(
          `The peers' packages were not installed: "${step}" in ${folder} ${reason}. ` +
            `It needs the package registry; ${AVOID} compares with what needs no package.`,
        ),
      );
    // On Windows npm is a script of the shell.
    const child = spawn(program, [...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      shell: program.endsWith(".cmd"),
      signal,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output = (output + chunk).slice(-OUTPUT_CHARS_MAX);
      });
    }
    child.once("error", (error) => fail(signal.aborted ? "was ended before it was done" : `failed: ${error.message}`));
    child.once("close", (code) => {
      if (code === 0) return resolve();
      const said = output.trim().split("\n").slice(0, 3).join("; ");
      fail(`ended with ${code}${said === "" ? "" : ` (${said})`}`);
    });
  });
}
