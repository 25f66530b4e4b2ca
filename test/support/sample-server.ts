/** A created project, made once by the built program and copied for each test that changes it. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCli, runCli } from "../cli/built-cli.ts";
import { memoryFolder } from "./sample-project.ts";

export interface SampleServer {
  /** Calls with a fresh copy of the project, which is removed afterwards. */
  use(test: (project: string) => void | Promise<void>): Promise<void>;
  remove(): void;
}

/** Builds the program and creates a project for a preset, so that every machine gives the same files. */
export function makeSampleServer(...more: readonly string[]): SampleServer {
  buildCli();
  const root = realpathSync(mkdtempSync(join(memoryFolder, "create-fastserve-sample-")));
  const argv = ["server", "--yes", "--no-install", "--no-git", "--target=aws-t4g-small", "--runtime=bun", ...more];
  const { status, stderr } = runCli([...argv, "--package-manager=npm"], { cwd: root });
  if (status !== 0) {
    rmSync(root, { recursive: true, force: true });
    throw new Error(`the sample is not created:\n${stderr}`);
  }
  return {
    async use(test) {
      const place = realpathSync(mkdtempSync(join(memoryFolder, "create-fastserve-test-")));
      try {
        cpSync(join(root, "server"), join(place, "server"), { recursive: true });
        await test(join(place, "server"));
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Replaces text in a file that holds it. */
export function edit(project: string, path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(project, path), "utf8");
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${path} has no ${from}`);
  writeFileSync(join(project, path), after);
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(cwd: string, ...argv: readonly string[]): Outcome {
  const { status, stdout, stderr } = runCli(argv, { cwd });
  return { status, stdout, stderr };
}

/** The document that the program prints with --json. */
export function json(cwd: string, ...argv: readonly string[]): ReturnType<typeof JSON.parse> {
  return JSON.parse(run(cwd, ...argv, "--json").stdout);
}

export function read(project: string, path: string): string {
  return readFileSync(join(project, path), "utf8");
}

/** A line of the file that depends on the memory, made the user's own. */
export function conflictIn(project: string): void {
  edit(project, "deploy/haproxy.cfg", /^ {2}maxconn \d+$/m, "  maxconn 77");
}
