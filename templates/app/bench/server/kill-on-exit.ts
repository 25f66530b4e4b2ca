/** Children end with all that they started themselves: a launch's server, nginx's worker. */
import type { ChildProcess } from "node:child_process";
import process from "node:process";

/** Ends the child with this process, whatever ends that but SIGKILL; a child in a group of its own would live on. */
export function killOnExit(child: ChildProcess): void {
  const kill = () => killGroup(child);
  process.once("exit", kill);
  // What a leader leaves behind holds its outputs open, and "close" would not come.
  child.once("exit", kill);
  child.once("close", () => process.removeListener("exit", kill));
}

/** SIGKILL for the group that a child leads which was started with `detached`, and for the child alone elsewhere. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It leads no group, as on Windows, or nobody of it is left.
    child.kill("SIGKILL");
  }
}
