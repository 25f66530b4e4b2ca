/** The machine as this program sees it. `io/node.ts` implements it; tests of the pure parts need none of it. */

export interface FileInfo {
  readonly kind: "file" | "directory" | "symlink" | "other";
  readonly mode: number;
  readonly bytes: number;
}

/** The process that writes: its marks tell what a dead process left behind from what a living one holds. */
export interface Writer {
  readonly processId: number;
  /** Names the machine (or container) the id belongs to: 8 hex digits. An id of another machine says nothing here. */
  readonly machine: string;
  isAlive(processId: number): boolean;
  /** 8 hex digits, different at each call. */
  unique(): string;
}

/** Paths are absolute. Every call throws Node's errors (`code: "ENOENT"` and so on); "undefined" means absent. */
export interface FileSystem {
  readonly writer: Writer;
  read(path: string): Uint8Array | undefined;
  /** Of the path itself: a symlink is reported as one, never followed. */
  info(path: string): FileInfo | undefined;
  list(directory: string): readonly string[];
  /** The path with every symlink on it resolved. */
  realPath(path: string): string;
  /** Makes one directory; fails when it exists or its parent does not. */
  makeDirectory(path: string): void;
  /**
   * Writes and flushes to disk; fails when the file exists. The user's umask applies to the mode.
   * `flush: "later"` leaves the flushing to the system, for files whose loss in a power cut is noticed and harmless.
   */
  create(path: string, content: Uint8Array, mode: number, flush?: "now" | "later"): void;
  /** Copies a file with its exact mode and flushes it; fails when `to` exists. */
  copy(from: string, to: string): void;
  rename(from: string, to: string): void;
  /** Removes a file, a symlink or an empty directory. */
  remove(path: string): void;
  removeTree(path: string): void;
  /** Flushes a directory's entries to disk, where the platform can. */
  syncDirectory(path: string): void;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Exec {
  /**
   * Runs a command found on PATH, or at an absolute path, and never rejects: a command that cannot start has exit code
   * 127, one that a signal ended 128 + its number. `inherit` sends all its output to standard error (standard output
   * carries only results); otherwise the output is captured, at most 1 MiB of each stream.
   */
  run(command: string, args: readonly string[], options: { cwd: string; inherit?: boolean }): Promise<ExecResult>;
  /** Whether PATH holds an executable of this name. */
  has(command: string): boolean;
}
