/** Where a project lies in its git repository: git reads the paths of a patch from the repository's root. */
import type { Exec } from "../io/ports.ts";

/** "packages/server/" or "" at the root, without git and outside of any repository. */
export async function repositoryPrefix(exec: Exec, directory: string): Promise<string> {
  if (!exec.has("git")) return "";
  const { exitCode, stdout } = await exec.run("git", ["rev-parse", "--show-prefix"], { cwd: directory });
  return exitCode === 0 ? stdout.replace(/\r?\n$/, "") : "";
}
