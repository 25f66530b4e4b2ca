/** `upgrade [DIRECTORY]`: the recorded answers and facts, with this program's templates and rules. */
import { carryOut } from "../carry-out.ts";
import type { Session } from "../command.ts";
import { openProject } from "../project/project.ts";
import { instructionsOf, propose } from "../project/proposal.ts";
import { recoveredDirectory } from "../project/recovered-directory.ts";
import { recordedTarget } from "../project/wish.ts";

export async function upgrade(session: Session): Promise<number> {
  const project = openProject(recoveredDirectory(session));
  return carryOut("upgrade", propose(project, instructionsOf(session, [recordedTarget("upgrade")])), session);
}
