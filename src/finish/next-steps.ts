/** The commands that take a new project from its folder to a running server, for this package manager and shell. */

import path from "node:path";
import type { PackageManager } from "../answers/choices.ts";
import { type Shell, shellWord } from "./shell-words.ts";

interface PackageManagerCommands {
  readonly install: string;
  readonly start: string;
  readonly test: string;
}

/** `bun test` and `deno test` are the runtimes' own test runners, so scripts are named with run and task. */
export const packageManagerCommands = {
  npm: { install: "npm install", start: "npm start", test: "npm test" },
  pnpm: { install: "pnpm install", start: "pnpm start", test: "pnpm test" },
  yarn: { install: "yarn install", start: "yarn start", test: "yarn test" },
  bun: { install: "bun install", start: "bun run start", test: "bun run test" },
  deno: { install: "deno install", start: "deno task start", test: "deno task test" },
} as const satisfies Record<PackageManager, PackageManagerCommands>;

export interface NextStepsInput {
  /** Absolute path of the project. */
  readonly directory: string;
  /** Absolute path of the folder that the user is in. */
  readonly currentDirectory: string;
  readonly packageManager: PackageManager;
  readonly isInstalled: boolean;
  readonly shell: Shell;
}

/** One command a line, in order. */
export function nextSteps(input: NextStepsInput): string[] {
  const commands = packageManagerCommands[input.packageManager];
  const enter = enterCommand(input.directory, input.currentDirectory, input.shell);
  return [...enter, ...(input.isInstalled ? [] : [commands.install]), commands.start];
}

/** `cd` into the project; none when the user is there already. */
export function enterCommand(directory: string, currentDirectory: string, shell: Shell): string[] {
  const word = directoryWord(directory, currentDirectory, shell);
  return word === undefined ? [] : [`cd ${word}`];
}

/** The project's directory as a word of a command; undefined when the user is there already. */
export function directoryWord(directory: string, currentDirectory: string, shell: Shell): string | undefined {
  const relative = path.relative(currentDirectory, directory);
  if (relative === "") return undefined;
  const isBelow = !relative.startsWith("..") && !path.isAbsolute(relative);
  const target = isBelow ? relative : directory;
  // A name that begins with a dash would be read as an option.
  return shellWord(target.startsWith("-") ? `./${target}` : target, shell);
}
