/** Runs the built program as a real process. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageRoot: string = fileURLToPath(new URL("../../", import.meta.url));
export const program: string = join(packageRoot, "bin/create-fastserve.js");

/** Bundles the sources as they are now; safe beside other test files that do the same. */
export function buildCli(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(packageRoot, "scripts/build.mjs")], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the bundle does not build:\n${stderr}`);
}

/** The environment of this process without what would steer the program. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const steering = /^(CI|NO_COLOR|FORCE_COLOR|TERM|LANG|LC_.*|npm_.*|CREATE_FASTSERVE_.*|NODE_OPTIONS|NODE_TEST_.*)$/;
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined && !steering.test(entry[0]);
  });
  return { ...Object.fromEntries(kept), LANG: "C.UTF-8", ...more };
}

export interface RunOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs to the end with pipes for all three streams. */
export function runCli(argv: readonly string[], options: RunOptions = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...argv], {
    cwd: options.cwd ?? tmpdir(),
    env: plainEnvironment(options.environment),
    input: options.input ?? "",
    encoding: "utf8",
    timeout: 60_000,
  });
}

/** Calls with an empty directory that is removed afterwards. */
export async function inEmptyDirectory(use: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "create-fastserve-test-")));
  try {
    await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
