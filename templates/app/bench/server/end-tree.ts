/** Ends a child with all that it started, where signals do not reach more than the child. */
import { type ChildProcess, spawn } from "node:child_process";

/** The command that ends a process and what it started, at once; undefined: signals do. */
export function endTreeCommand(platform: string, pid: number): readonly string[] | undefined {
  return platform === "win32" ? ["taskkill", "/PID", String(pid), "/T", "/F"] : undefined;
}

/** SIGTERM; on Windows, where that is no request but an end that leaves grandchildren behind, the end of the whole tree. */
export function endChild(child: ChildProcess, platform: string): void {
  const [program, ...args] = endTreeCommand(platform, child.pid ?? 0) ?? [];
  if (program === undefined) {
    child.kill("SIGTERM");
    return;
  }
  const killer = spawn(program, args, { stdio: "ignore" });
  // Without the program, the child alone is better than none.
  killer.once("error", () => child.kill("SIGKILL"));
}

/**
 * Resolves when the child is gone: with the end of its outputs, or `outputsMsMax` after its own, because something that it
 * started may hold them open. Then they are closed from this side.
 */
export function untilGone(child: ChildProcess, outputsMsMax: number): Promise<void> {
  return new Promise((resolve) => {
    let bound: ReturnType<typeof setTimeout> | undefined;
    child.once("exit", () => {
      bound = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve();
      }, outputsMsMax);
    });
    child.once("close", () => {
      clearTimeout(bound);
      resolve();
    });
  });
}
