/** The package as users get it: packed, installed into a folder whose name has spaces and letters outside ASCII. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../../scripts/free-ports.ts";
import { root } from "../../scripts/test-stages.ts";

/** The slowest step is all tests of a project, on a busy machine. */
const STEP_MS_MAX = 15 * 60 * 1000;

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never throws for an exit code. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Result> {
  return new Promise((resolve) => {
    const env = { ...cleanEnvironment(), ...environment };
    const options = { cwd, env, timeout: STEP_MS_MAX, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** Without what this test run itself put there: a user's shell has none of it. */
function cleanEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(npm_|NODE_|FASTSERVE|CREATE_FASTSERVE|CI$|FORCE_COLOR)/.test(name),
  );
  return { ...(Object.fromEntries(entries) as Record<string, string>), NO_COLOR: "1" };
}

export interface Installed {
  /** Folder in which the package is installed and projects are created. */
  readonly folder: string;
  readonly tarballFiles: readonly string[];
  remove(): void;
}

export async function packAndInstall(): Promise<Installed> {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), "fastserve-e2e-")));
  const folder = join(temporary, "new projects üñí");
  mkdirSync(folder);
  const packed = await run("npm", ["pack", "--json", "--pack-destination", temporary], root);
  if (packed.exitCode !== 0) throw new Error(packed.stderr);
  const [report] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("["))) as [
    { filename: string; files: { path: string }[] },
  ];
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const installed = await run("npm", ["install", join(temporary, report.filename)], folder);
  if (installed.exitCode !== 0) throw new Error(installed.stderr);
  return {
    folder,
    tarballFiles: report.files.map((file) => file.path),
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

export interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly admin: string;
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts a project's server by a command and waits until it is ready. */
export async function start(command: string, args: readonly string[], project: string): Promise<Started> {
  const [port, adminPort] = await freePorts(2);
  const child = spawn(command, [...args], {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...cleanEnvironment(),
      FASTSERVE__SERVER__HOST: "127.0.0.1",
      FASTSERVE__SERVER__PORT: String(port),
      FASTSERVE__ADMIN__PORT: String(adminPort),
      FASTSERVE__TIMEOUTS__DRAIN_DELAY_MS: "0",
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes: Buffer) => (output += bytes));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const admin = `http://127.0.0.1:${adminPort}`;
  const deadlineMs = Date.now() + 60_000;
  while (!(await answers(`${admin}/readyz`))) {
    if (child.exitCode !== null || Date.now() > deadlineMs) throw new Error(`the server did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { child, url: `http://127.0.0.1:${port}`, admin, output: () => output, ended };
}

export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

export function readProjectFile(project: string, path: string): string {
  return readFileSync(join(project, path), "utf8");
}
