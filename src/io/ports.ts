/** The machine as this program sees it. `io/node.ts` implements it; tests of the pure parts need none of it. */

export interface FileInfo {
  readonly kind: "file" | "directory" | "symlink" | "other";
  readonly mode: number;
  readonly bytes: number;
}

/** Paths are absolute. Every call throws Node's errors (`code: "ENOENT"` and so on); "undefined" means absent. */
export interface FileSystem {
  read(path: string): Uint8Array | undefined;
  info(path: string): FileInfo | undefined;
  list(directory: string): readonly string[];
  makeDirectory(path: string): void;
  /** Writes and flushes to disk; fails when the file exists. */
  create(path: string, content: Uint8Array, mode: number): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  removeTree(path: string): void;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Exec {
  run(command: string, args: readonly string[], options: { cwd: string; inherit?: boolean }): Promise<ExecResult>;
  has(command: string): boolean;
}
