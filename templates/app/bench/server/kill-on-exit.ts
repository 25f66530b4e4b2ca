import type { ChildProcess } from "node:child_process";
import process from "node:process";

/** Ends the child with this process, however that ends; a child in a group of its own would live on. */
export function killOnExit(child: ChildProcess): void {
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.removeListener("exit", kill));
}
