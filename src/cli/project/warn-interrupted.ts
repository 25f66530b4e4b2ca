/** Said before a look at a project that a killed write, or one at work, may have left half done: a look writes nothing. */
import { checkInterrupted } from "../../doctor/check-interrupted.ts";
import { nodeFileSystem } from "../../io/node.ts";
import type { Terminal } from "../terminal.ts";

/** @param directory absolute path */
export function warnInterrupted(directory: string, terminal: Terminal): void {
  const { complaintStyle: style } = terminal;
  for (const { subject, status, value, reason, next } of checkInterrupted(nodeFileSystem, directory)) {
    if (status === "ok") continue;
    terminal.complain(`${style.yellow(style.warning)} The ${subject} is ${value}. ${reason}`);
    if (next !== undefined) terminal.complain(`  ${style.arrow} ${next}`);
  }
}
