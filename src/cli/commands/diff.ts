/** `diff [DIRECTORY]`: what retune would change; writes nothing. Exit code 3 when anything would. */
import { AppError } from "../../lib/errors.ts";
import type { Session } from "../command.ts";
import { gather } from "../gather.ts";
import { openProject, projectDirectory } from "../project/project.ts";
import { instructionsOf, propose } from "../project/proposal.ts";
import { warnInterrupted } from "../project/warn-interrupted.ts";
import { showProposal } from "../show-proposal.ts";

export async function diffCommand(session: Session): Promise<number> {
  const { given, problems } = await gather(session);
  if (problems.length > 0) throw new AppError(problems);
  const directory = projectDirectory(session);
  warnInterrupted(directory, session.terminal);
  const project = openProject(directory);
  return showProposal("diff", propose(project, instructionsOf(session, given)), session);
}
