/** Installs the project's packages. The project is complete before this step and stays when it fails. */

import type { PackageManager } from "../answers/choices.ts";
import type { Exec, ExecResult } from "../io/ports.ts";
import { AppError } from "../lib/errors.ts";
import { enterCommand, packageManagerCommands } from "./next-steps.ts";
import type { Shell } from "./shell-words.ts";

/** The last lines of captured output that go into the message: npm ends with its reason. */
const LINES_SHOWN_MAX = 8;

export interface InstallInput {
  readonly directory: string;
  readonly currentDirectory: string;
  readonly packageManager: PackageManager;
  readonly shell: Shell;
  /** Whether the user sees the package manager's output (on standard error) while it works. */
  readonly showOutput: boolean;
}

/** @throws AppError INSTALL_FAILED; it names the commands that resume */
export async function install(exec: Exec, input: InstallInput): Promise<void> {
  const { packageManager } = input;
  if (!exec.has(packageManager)) {
    throw failed(
      `${packageManager} is not installed, so the packages of ${input.directory} are not either.`,
      `Install ${packageManager}, then: ${resumeLine(input)}; or use --package-manager npm.`,
    );
  }
  const options = { cwd: input.directory, inherit: input.showOutput };
  const result = await exec.run(packageManager, ["install"], options);
  if (result.exitCode === 0) return;
  throw failed(
    `\`${packageManager} install\` ended with exit code ${result.exitCode}; the project itself is complete.${lastLines(result)}`,
    `When the cause is removed: ${resumeLine(input)}`,
  );
}

function resumeLine(input: InstallInput): string {
  const enter = enterCommand(input.directory, input.currentDirectory, input.shell);
  // PowerShell 5, which Windows ships, has no `&&`.
  return [...enter, packageManagerCommands[input.packageManager].install].join(
    input.shell === "powershell" ? "; " : " && ",
  );
}

function lastLines(result: ExecResult): string {
  const lines = `${result.stdout}\n${result.stderr}`.split("\n").filter((line) => line.trim() !== "");
  return lines.length === 0 ? "" : `\n${lines.slice(-LINES_SHOWN_MAX).join("\n")}`;
}

function failed(message: string, next: string): AppError {
  return new AppError({ code: "INSTALL_FAILED", message, next });
}
