/** Runs a load generator of others to its end, or until interrupted. */
import { spawn } from "node:child_process";
import process from "node:process";
import { BenchError } from "../cli/bench-error.ts";
import { killGroup, killOnExit } from "../server/kill-on-exit.ts";
import type { ToolLaunch } from "./external-tool.ts";

export interface ToolEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** After this the tool has not understood that it shall end. */
const END_MS_MAX = 2000;

/** It inherits this process's CPUs. An interrupt asks the tool to end with what it has, as Ctrl-C would. */
export function runTool(command: string, { args, environment }: ToolLaunch, interrupt: AbortSignal): Promise<ToolEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
      // A group of its own, so that Ctrl-C reaches it once, from here.
      detached: true,
    });
    killOnExit(child);
    let force: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      child.kill("SIGINT");
      force = setTimeout(() => killGroup(child), END_MS_MAX);
    };
    if (interrupt.aborted) stop();
    else interrupt.addEventListener("abort", stop, { once: true });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", (error) => {
      const missing = (error as { code?: unknown }).code === "ENOENT";
      const reason = missing ? "it is not installed; leave --with out for the built-in generator" : error.message;
      reject(new BenchError(`${command} cannot be started: ${reason}.`));
    });
    child.once("close", (code) => {
      interrupt.removeEventListener("abort", stop);
      clearTimeout(force);
      resolve({ code, stdout, stderr });
    });
  });
}
