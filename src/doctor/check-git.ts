/** Whether the records travel with the project: a clone without them cannot tell its edits from what was generated. */
import type { Exec } from "../io/ports.ts";
import { lockPath } from "../write/records/lock-file.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** No row where there is no git, or no repository around the project. */
export async function checkGit(exec: Exec, directory: string): Promise<readonly Finding[]> {
  if (!exec.has("git")) return [];
  const git = (...args: readonly string[]) => exec.run("git", args, { cwd: directory });
  const inside = await git("rev-parse", "--is-inside-work-tree");
  if (inside.exitCode !== 0 || inside.stdout.trim() !== "true") return [];
  const reason = "A clone without these records cannot merge: it knows nothing of what was generated.";
  if ((await git("check-ignore", "--quiet", lockPath)).exitCode === 0) {
    const next = "take .fastserve out of the ignore files, except for what .fastserve/.gitignore names";
    return [warning("git", `${lockPath} is ignored`, reason, next)];
  }
  if ((await git("ls-files", "--error-unmatch", "--", lockPath)).exitCode !== 0) {
    return [warning("git", `${lockPath} is not committed`, reason, "git add .fastserve, then commit")];
  }
  return [ok("git", `${lockPath} is committed`, "A clone can be retuned like this folder.")];
}
