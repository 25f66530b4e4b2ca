/** The built program as a real process whose calls that change the disk are counted, and one of them ended or hindered. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot, plainEnvironment, program } from "../cli/built-cli.ts";

const preload = pathToFileURL(join(packageRoot, "test/support/fault-at-write.mjs")).href;

export interface FaultyRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** NaN for a run that was killed. */
  readonly calls: number;
}

/** @param fault as test/support/fault-at-write.mjs reads it; "": none */
export function runWithFault(cwd: string, fault: string, argv: readonly string[]): FaultyRun {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--import", preload, program, ...argv], {
    cwd,
    env: plainEnvironment({ FASTSERVE_TEST_FAULT: fault }),
    encoding: "utf8",
    input: "",
    timeout: 60_000,
  });
  return { status, signal, stdout, stderr, calls: Number(/^calls (\d+)$/m.exec(stderr)?.[1] ?? Number.NaN) };
}

export function startWithFault(cwd: string, fault: string, argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--import", preload, program, ...argv], {
    cwd,
    env: plainEnvironment({ FASTSERVE_TEST_FAULT: fault }),
    stdio: ["ignore", "pipe", "ignore"],
  });
}
