/** The ports on Node. Synchronous on purpose: a write of some hundred small files has nothing else to do meanwhile. */

import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { constants, hostname } from "node:os";
import path from "node:path";
import { MiB } from "../lib/units.ts";
import type { Exec, ExecResult, FileInfo, FileSystem, Writer } from "./ports.ts";
import { windowsCommand } from "./windows-command.ts";

const onWindows = process.platform === "win32";

/** Virus scanners and indexers hold a fresh file for a moment; ten tries, 10 ms to 100 ms apart, wait about half a second. */
const RENAME_TRIES_MAX = 10;
const RENAME_PAUSE_STEP_MS = 10;
const RENAME_RETRY_CODES: ReadonlySet<string> = new Set(["EBUSY", "EPERM", "EACCES"]);

/** The captured part of a command's output; more is dropped, for only error texts and short answers are read. */
const CAPTURED_BYTES_MAX = MiB(1);

const nodeWriter: Writer = {
  processId: process.pid,
  machine: createHash("sha256").update(hostname()).digest("hex").slice(0, 8),
  isAlive(processId) {
    try {
      process.kill(processId, 0);
      return true;
    } catch (error) {
      // EPERM: it exists and belongs to somebody else.
      return errorCode(error) === "EPERM";
    }
  },
  unique: () => randomBytes(4).toString("hex"),
};

export const nodeFileSystem: FileSystem = {
  writer: nodeWriter,
  read: (file) => absentAs(undefined, () => fs.readFileSync(file)),
  info: (file) => absentAs(undefined, () => toFileInfo(fs.lstatSync(file))),
  list: (directory) => fs.readdirSync(directory).sort(),
  realPath: (file) => fs.realpathSync(file),
  makeDirectory: (directory) => void fs.mkdirSync(directory),
  create(file, content, mode, flush = "now") {
    writeNew(file, content, mode, flush === "now");
  },
  copy(from, to) {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
    flush(to);
  },
  rename: renameWithRetry,
  remove(file) {
    if (fs.lstatSync(file).isDirectory()) fs.rmdirSync(file);
    else fs.unlinkSync(file);
  },
  removeTree: (directory) => fs.rmSync(directory, { recursive: true, force: true, maxRetries: 3 }),
  // Windows cannot open a directory for flushing; NTFS journals its directories by itself.
  syncDirectory: (directory) => (onWindows ? undefined : flush(directory)),
};

export const nodeExec: Exec = {
  has: (command) => findExecutable(command) !== undefined,
  run(command, args, options) {
    const executable = findExecutable(command);
    if (executable === undefined) return Promise.resolve(notStarted(`${command}: not found on PATH`));
    return runExecutable(executable, args, options);
  },
};

function toFileInfo(stats: fs.Stats): FileInfo {
  const kind = stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "directory"
      : stats.isSymbolicLink()
        ? "symlink"
        : "other";
  return { kind, mode: stats.mode & 0o7777, bytes: stats.size };
}

/** ENOTDIR counts as absent too: a part of the path is a file, so nothing lies below it. */
function absentAs<T>(absent: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return absent;
    throw error;
  }
}

function writeNew(file: string, content: Uint8Array, mode: number, isFlushed: boolean): void {
  const descriptor = fs.openSync(file, "wx", mode);
  try {
    // One call may write less than asked, above all on a disk that is nearly full.
    for (let written = 0; written < content.length; ) written += fs.writeSync(descriptor, content, written);
    if (isFlushed) fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function flush(file: string): void {
  const descriptor = fs.openSync(file, onWindows ? "r+" : "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function renameWithRetry(from: string, to: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      if (!onWindows || tries >= RENAME_TRIES_MAX || !RENAME_RETRY_CODES.has(errorCode(error))) throw error;
      sleep(tries * RENAME_PAUSE_STEP_MS);
    }
  }
}

function sleep(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

function findExecutable(command: string): string | undefined {
  if (path.isAbsolute(command)) return isExecutable(command) ? command : undefined;
  const variables = process.env;
  const folders = (variables.PATH ?? variables.Path ?? "").split(path.delimiter).filter((part) => part !== "");
  const endings = onWindows ? (variables.PATHEXT ?? ".COM;.EXE;.BAT;.CMD").split(";") : [""];
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = path.join(folder, command + ending);
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, onWindows ? fs.constants.F_OK : fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    // Expected: most folders of PATH do not hold the command.
    return false;
  }
}

function runExecutable(
  executable: string,
  args: readonly string[],
  options: { cwd: string; inherit?: boolean },
): Promise<ExecResult> {
  const shell = process.env.ComSpec ?? "cmd.exe";
  const command = onWindows ? windowsCommand(executable, args, shell) : { file: executable, args, verbatim: false };
  return new Promise((resolve) => {
    const child = spawn(command.file, [...command.args], {
      cwd: options.cwd,
      // Standard input is closed: a command that asks must fail instead of waiting for an answer nobody sees.
      stdio: ["ignore", options.inherit ? 2 : "pipe", options.inherit ? 2 : "pipe"],
      windowsVerbatimArguments: command.verbatim,
    });
    const stdout = capture(child.stdout);
    const stderr = capture(child.stderr);
    child.on("error", (error) => resolve(notStarted(error.message)));
    child.on("close", (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      resolve({ exitCode, stdout: stdout(), stderr: stderr() });
    });
  });
}

/** The stream's text so far, up to the bound. */
function capture(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on("data", (chunk: Buffer) => {
    if (bytes < CAPTURED_BYTES_MAX) chunks.push(chunk.subarray(0, CAPTURED_BYTES_MAX - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

function notStarted(message: string): ExecResult {
  return { exitCode: 127, stdout: "", stderr: message };
}

function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
