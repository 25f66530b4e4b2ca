/** After the files: packages, repository, next steps. The project is complete already, so each step may fail alone. */
import type { Answers } from "../answers/answers.ts";
import { type GitResult, initGit } from "../finish/git.ts";
import { install } from "../finish/install.ts";
import { nextSteps } from "../finish/next-steps.ts";
import { shellOf } from "../finish/shell-words.ts";
import { nodeExec, nodeFileSystem } from "../io/node.ts";
import { AppError } from "../lib/errors.ts";
import type { FileTree } from "../tree/file-tree.ts";
import type { Session } from "./command.ts";
import type { Style } from "./present/style.ts";

export interface Finished {
  /** The install step's error; the other steps are done nevertheless. */
  readonly failure: AppError | undefined;
  /** "skipped" with --no-install. */
  readonly install: "done" | "failed" | "skipped";
  readonly git: GitResult | { readonly kind: "skipped"; readonly reason: "notWanted" | "amongOthers" };
  /** Commands, in order. */
  readonly next: readonly string[];
}

export interface WrittenProject {
  /** Absolute path. */
  readonly directory: string;
  readonly answers: Answers;
  readonly tree: FileTree;
  /** The project stands among files of somebody else: a first commit would take them in. */
  readonly isAmongOthers: boolean;
}

export async function finishProject(
  { directory, answers, tree, isAmongOthers }: WrittenProject,
  session: Session,
): Promise<Finished> {
  const { control } = session.line;
  const shell = shellOf(process.platform, session.environment.SHELL);
  const place = { directory, currentDirectory: session.cwd, packageManager: answers.packageManager.value, shell };
  // Packages come first, so that the first commit holds the lockfile.
  const failure = control.install ? await tryInstall(place, session) : undefined;
  const installed = !control.install ? "skipped" : failure === undefined ? "done" : "failed";
  const executables = [...tree.values()].filter((entry) => entry.mode === 0o755).map((entry) => entry.path);
  const git = await makeRepository();
  async function makeRepository(): Promise<Finished["git"]> {
    if (!control.git) return { kind: "skipped", reason: "notWanted" };
    if (isAmongOthers) return { kind: "skipped", reason: "amongOthers" };
    return initGit(nodeFileSystem, nodeExec, directory, executables);
  }
  return { failure, install: installed, git, next: nextSteps({ ...place, isInstalled: installed === "done" }) };
}

async function tryInstall(
  place: Omit<Parameters<typeof install>[1], "showOutput">,
  session: Session,
): Promise<AppError | undefined> {
  session.terminal.say(`Installing packages with ${place.packageManager} ...`);
  try {
    await install(nodeExec, { ...place, showOutput: !session.line.control.json });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

export function finishedText(finished: Finished, style: Style): string {
  return [...gitLines(finished.git, style), style.bold("Next"), ...finished.next.map((line) => `  ${line}`)].join("\n");
}

/** Why there is no repository is said only where somebody might miss one. */
function gitLines(git: Finished["git"], style: Style): readonly string[] {
  if (git.kind === "failed") return [`${style.yellow(style.warning)} No git repository: ${git.detail}`];
  if (git.kind === "skipped") {
    return git.reason === "noGit" ? [`${style.yellow(style.warning)} No git repository: git is not installed.`] : [];
  }
  if (git.committed) return [`${style.green(style.done)} Made a git repository with a first commit.`];
  return [`${style.yellow(style.warning)} Made a git repository; the first commit is yours: ${git.detail}`];
}
