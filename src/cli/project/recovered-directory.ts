/** The project that a writing command is about, after a write that was killed there has been ended. */
import type { Session } from "../command.ts";
import { recoverPlace } from "../place.ts";
import { recoveryLines } from "../present/present-recovery.ts";
import { projectDirectory } from "./project.ts";
import { warnInterrupted } from "./warn-interrupted.ts";

/** A dry run writes nothing, so it looks at the files as the killed write left them. */
export function recoveredDirectory(session: Session): string {
  const { line, terminal } = session;
  const directory = projectDirectory(session);
  if (line.control.dryRun) {
    warnInterrupted(directory, terminal);
    return directory;
  }
  for (const text of recoveryLines(recoverPlace(directory), terminal.style)) terminal.say(text);
  return directory;
}
