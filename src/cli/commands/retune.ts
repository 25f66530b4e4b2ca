/** `retune [DIRECTORY]`: new facts or answers -> new plan -> its effects -> the files, with every edit kept. */
import { AppError } from "../../lib/errors.ts";
import { carryOut } from "../carry-out.ts";
import type { Session } from "../command.ts";
import { gather } from "../gather.ts";
import { openProject } from "../project/project.ts";
import { instructionsOf, propose } from "../project/proposal.ts";
import { recoveredDirectory } from "../project/recovered-directory.ts";

export async function retune(session: Session): Promise<number> {
  const { given, problems } = await gather(session);
  if (problems.length > 0) throw new AppError(problems);
  const project = openProject(recoveredDirectory(session));
  return carryOut("retune", propose(project, instructionsOf(session, given)), session);
}
