/**
 * A git repository for a new project, where one makes sense. Nothing here fails the run: the project is complete
 * without git, and the result says what was done and why not more.
 */

import path from "node:path";
import type { Exec, ExecResult, FileSystem } from "../io/ports.ts";

export type GitResult =
  | { readonly kind: "skipped"; readonly reason: "noGit" | "hasRepository" | "insideRepository" }
  | { readonly kind: "failed"; readonly detail: string }
  /** `committed` is false when git knows no author or a hook refuses; the files are staged then. */
  | { readonly kind: "initialised"; readonly committed: boolean; readonly detail: string };

/** Used when `init.defaultBranch` is not set, as the code hosts do. */
const DEFAULT_BRANCH = "main";

/**
 * @param directory absolute path of the project
 * @param executables project paths that must be executable, which a commit made on Windows would lose otherwise
 */
export async function initGit(
  fs: FileSystem,
  exec: Exec,
  directory: string,
  executables: readonly string[],
): Promise<GitResult> {
  if (fs.info(path.join(directory, ".git")) !== undefined) return { kind: "skipped", reason: "hasRepository" };
  if (!exec.has("git")) return { kind: "skipped", reason: "noGit" };
  const git = (...args: readonly string[]): Promise<ExecResult> => exec.run("git", args, { cwd: directory });
  if (await isInsideRepository(git)) return { kind: "skipped", reason: "insideRepository" };
  const made = await init(git);
  if (made.exitCode !== 0) return { kind: "failed", detail: made.stderr.trim() };
  return firstCommit(git, executables);
}

type Git = (...args: readonly string[]) => Promise<ExecResult>;

/** Also true below `.git` itself, and in a repository of another user, which git refuses to look into. */
async function isInsideRepository(git: Git): Promise<boolean> {
  const answer = await git("rev-parse", "--is-inside-work-tree");
  return answer.exitCode === 0 || answer.stderr.includes("safe.directory");
}

async function init(git: Git): Promise<ExecResult> {
  const configured = await git("config", "--get", "init.defaultBranch");
  if (configured.exitCode === 0 && configured.stdout.trim() !== "") return git("init", "--quiet");
  const named = await git("init", "--quiet", `--initial-branch=${DEFAULT_BRANCH}`);
  // Git before 2.28 does not know the option.
  return named.exitCode === 0 ? named : git("init", "--quiet");
}

async function firstCommit(git: Git, executables: readonly string[]): Promise<GitResult> {
  const added = await git("add", "--all");
  if (added.exitCode !== 0) return { kind: "initialised", committed: false, detail: added.stderr.trim() };
  if (executables.length > 0) await git("update-index", "--chmod=+x", "--", ...executables);
  // Without this setting git makes up an author from the account and the host's name.
  const committed = await git("-c", "user.useConfigOnly=true", "commit", "--quiet", "--message", "Initial commit");
  return { kind: "initialised", committed: committed.exitCode === 0, detail: committed.stderr.trim() };
}
