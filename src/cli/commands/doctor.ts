/** `doctor [DIRECTORY]`: what is in the way of the next run, or of the server; changes nothing. */
import { nodeFileSystem } from "../../io/node.ts";
import { AppError } from "../../lib/errors.ts";
import { PROJECT_FILE } from "../../tree/project-file.ts";
import { inProject, stateFolder } from "../../write/disk/project-path.ts";
import type { Session } from "../command.ts";
import { exitCodeOf, findingLines, findingsDocument } from "../present/present-findings.ts";
import { examine } from "../project/examine.ts";
import { projectDirectory } from "../project/project.ts";

/** @throws AppError PROJECT_NOT_FOUND when nothing there says that it is a project */
export async function doctor({ terminal, words, cwd, line }: Session): Promise<number> {
  const directory = projectDirectory({ cwd, words, line });
  if (!isProject(directory)) throw notAProject(directory);
  const findings = await examine(directory, cwd);
  if (line.control.json) terminal.json(findingsDocument(directory, findings));
  else terminal.result(findingLines(findings, terminal.style, terminal.columns).join("\n"));
  return exitCodeOf(findings);
}

function isProject(directory: string): boolean {
  try {
    return [PROJECT_FILE, stateFolder].some((name) => nodeFileSystem.info(inProject(directory, name)) !== undefined);
  } catch {
    // A folder that may not be looked into; the rows say so.
    return true;
  }
}

function notAProject(directory: string): AppError {
  return new AppError({
    code: "PROJECT_NOT_FOUND",
    key: directory,
    message: `${directory} is no create-fastserve project: it has neither ${PROJECT_FILE} nor ${stateFolder}/.`,
    next: "Run the command in the project's directory, or name it: `create-fastserve doctor my-server`.",
  });
}
