/** All answers that were given, from every layer, before anybody judged them. */
import { readFileSync } from "node:fs";
import { basename, resolve as resolvePath } from "node:path";
import { type AnswersFile, parseAnswersFile } from "../answers/answers-file.ts";
import { readEnvironment } from "../answers/environment.ts";
import type { Given } from "../answers/given.ts";
import type { DefaultInputs } from "../answers/questions.ts";
import { detectPackageManager } from "../finish/package-manager.ts";
import { nodeExec, nodeFileSystem } from "../io/node.ts";
import type { Problem } from "../lib/errors.ts";
import type { Session } from "./command.ts";

export interface Gathered {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}

export async function gather(session: Session): Promise<Gathered> {
  const environment = readEnvironment(session.environment);
  const { config } = session.line.control;
  const file = config === undefined ? { given: [], problems: [] } : await readConfig(config, session.cwd);
  return {
    given: [...session.line.given, ...environment.given, ...file.given],
    problems: [...environment.problems, ...file.problems],
  };
}

/** Longest config file that is read: hundreds of times the longest sensible one. */
const CONFIG_BYTES_MAX = 1024 * 1024;

async function readConfig(config: string, cwd: string): Promise<AnswersFile> {
  const name = config === "-" ? "standard input" : config;
  let text: string;
  try {
    text = config === "-" ? await readInput() : readFileSync(resolvePath(cwd, config), "utf8");
  } catch (error) {
    return unreadable(name, error instanceof Error ? error.message : String(error));
  }
  if (text.length > CONFIG_BYTES_MAX) return unreadable(name, "it is larger than 1 MiB");
  return parseAnswersFile(text, name);
}

/** Reads to the end, in whatever pieces a pipe delivers; stops early when there is too much. */
async function readInput(): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > CONFIG_BYTES_MAX) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function unreadable(name: string, why: string): AnswersFile {
  return {
    given: [],
    problems: [
      {
        code: "CONFIG_UNREADABLE",
        key: "config",
        message: `The config file ${name} cannot be read: ${why}.`,
        next: "Give the path of a JSON or TOML file after --config, or - for standard input.",
      },
    ],
  };
}

/** What defaults depend on besides the answers: who started the program, and where. `directory` may not exist. */
export function defaultInputs(session: Session, directory: string): DefaultInputs {
  const userAgent = session.environment.npm_config_user_agent;
  const path = resolvePath(session.cwd, directory);
  return {
    packageManager: detectPackageManager(nodeFileSystem, nodeExec, path, userAgent).name,
    currentDirectoryName: basename(session.cwd),
  };
}
