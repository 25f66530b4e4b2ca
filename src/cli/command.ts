/** What a command is. Each file in commands/ exports one. */
import type { CommandLine } from "../answers/flags.ts";
import type { Terminal } from "./terminal.ts";

export interface Session {
  readonly line: CommandLine;
  /** The words after the command's own name. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the current directory. */
  readonly cwd: string;
  readonly terminal: Terminal;
  /** Whether a prompt may be shown. */
  readonly interactive: boolean;
}

/** @returns an exit code; errors are thrown as AppError */
export type Command = (session: Session) => Promise<number>;

export interface CommandRow {
  /** After the program's name, as `--help` prints it. */
  readonly usage: string;
  readonly help: string;
  readonly wordsMax: number;
  /** Whether answers (flags, environment, --config) mean anything to it. */
  readonly answers: boolean;
  readonly load: () => Promise<Command>;
}

/** Version of everything that `--json` prints; it rises when a field changes its meaning or goes away. */
export const JSON_SCHEMA = 1;
