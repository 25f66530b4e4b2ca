/** Files with changes that git does not have yet: after a write they and the new changes stand in one difference. */
import type { Exec } from "../io/ports.ts";

/** How many of the tracked files in the directory differ from what is committed; 0 without git or a repository. */
export async function uncommittedFiles(exec: Exec, directory: string): Promise<number> {
  if (!exec.has("git")) return 0;
  const args = ["status", "--porcelain", "--untracked-files=no", "--", "."];
  const { exitCode, stdout } = await exec.run("git", args, { cwd: directory });
  return exitCode === 0 ? stdout.split("\n").filter((line) => line !== "").length : 0;
}
