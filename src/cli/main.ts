/**
 * argv -> command -> exit code. The only place that prints errors and ends the process.
 * Nothing here needs the wizard, the schema library or the plan: `--help` and `--version` stay quick.
 */
import { controlFlags } from "../answers/control-flags.ts";
import { type CommandLine, parseFlags } from "../answers/flags.ts";
import { editsAllowed, nearest } from "../answers/nearest.ts";
import { AppError, exitCodes, type Problem } from "../lib/errors.ts";
import type { CommandRow } from "./command.ts";
import { commandTable, createRow } from "./command-table.ts";
import { helpText } from "./help.ts";
import { generatorVersion } from "./package-root.ts";
import { errorDocument, errorText, internalDocument, internalText } from "./present/present-errors.ts";
import { mayAsk, openTerminal, surviveClosedPipes, type Terminal } from "./terminal.ts";

/** What bin calls. */
export function run(): void {
  surviveClosedPipes();
  // A command that never settles leaves nothing to wait for: input ended under a prompt. That is no success.
  process.exitCode = exitCodes.cancelled;
  const line = parseFlags(process.argv.slice(2));
  const terminal = openTerminal(process.env, line.control.json);
  // An error outside of any promise would be printed by Node together with the bundle's one long line.
  process.on("uncaughtException", (error) => finish(report(error, line, terminal)));
  runCommand(line, terminal)
    .catch((error: unknown) => report(error, line, terminal))
    .then(finish);
}

async function runCommand(line: CommandLine, terminal: Terminal): Promise<number> {
  const { control, words } = line;
  if (control.help) {
    terminal.result(helpText(terminal.style));
    return exitCodes.done;
  }
  if (control.version) {
    terminal.result(generatorVersion);
    return exitCodes.done;
  }
  const [first = ""] = words;
  const named = Object.hasOwn(commandTable, first) ? commandTable[first] : undefined;
  const row = named ?? createRow;
  const rest = named === undefined ? words : words.slice(1);
  const problems = [
    ...line.problems,
    ...(named === undefined ? commandProblems(first) : []),
    ...wordProblems(row, rest, line),
    ...flagProblems(named === undefined ? "create" : first, row, line),
  ];
  if (problems.length > 0) throw new AppError(problems);
  const command = await row.load();
  return command({
    line,
    words: rest,
    environment: process.env,
    cwd: process.cwd(),
    terminal,
    interactive:
      control.config !== "-" &&
      mayAsk({
        stdinIsTerminal: process.stdin.isTTY === true,
        stdoutIsTerminal: process.stdout.isTTY === true,
        environment: process.env,
        yes: control.yes,
        json: control.json,
      }),
  });
}

/** A first word that looks like a command is not made into a directory in silence. */
function commandProblems(word: string): readonly Problem[] {
  // Two swapped letters are two edits; in a short word two edits would catch ordinary names.
  const near = nearest(word, Object.keys(commandTable), word.length < 6 ? 1 : 2);
  if (word.length < 4 || near === undefined) return [];
  return [
    {
      code: "COMMAND_UNKNOWN",
      key: word,
      message: `"${word}" looks like the command "${near}".`,
      next: `Write ${near}, or ./${word} for a directory of this name.`,
    },
  ];
}

function wordProblems(row: CommandRow, words: readonly string[], line: CommandLine): readonly Problem[] {
  const problems: Problem[] = [];
  // An unknown flag's value stands among the words, so they prove nothing then.
  const known = line.problems.every((problem) => problem.code !== "ARGUMENT_UNKNOWN");
  for (const word of known ? words.slice(row.wordsMax) : []) {
    const near = nearest(word, Object.keys(commandTable), editsAllowed(word));
    problems.push({
      code: "ARGUMENT_UNKNOWN",
      key: word,
      message: `"${word}" is one word too many for: create-fastserve ${row.usage}.`,
      next: near === undefined ? "Quote a path that has spaces." : `Did you mean create-fastserve ${near}?`,
    });
  }
  if (row.answers) return problems;
  const ignored = [...line.given.map((one) => one.where), ...(line.control.config === undefined ? [] : ["--config"])];
  for (const flag of ignored) {
    problems.push({
      code: "ARGUMENT_UNKNOWN",
      key: flag,
      message: `${flag} means nothing to: create-fastserve ${row.usage}.`,
      next: "Leave it out.",
    });
  }
  return problems;
}

/** A flag of another command steers nothing here, and whoever gave it expects that it does. */
function flagProblems(command: string, row: CommandRow, line: CommandLine): readonly Problem[] {
  return line.flags.flatMap((name): Problem[] => {
    const only = Object.hasOwn(controlFlags, name) ? controlFlags[name]?.only : undefined;
    if (only === undefined || only.includes(command)) return [];
    return [
      {
        code: "ARGUMENT_UNKNOWN",
        key: name,
        message: `--${name} means nothing to: create-fastserve ${row.usage}.`,
        next: only.includes("create") ? "Leave it out: it is for making a project." : `It is for ${only.join(", ")}.`,
      },
    ];
  });
}

function report(error: unknown, line: CommandLine, terminal: Terminal): number {
  const { json } = line.control;
  if (error instanceof AppError) {
    if (json) terminal.json(errorDocument(error));
    else terminal.complain(errorText(error, terminal.complaintStyle));
    return error.exitCode;
  }
  if (json) terminal.json(internalDocument(error));
  terminal.complain(internalText(error, terminal.complaintStyle));
  return exitCodes.internal;
}

/** Ends when both streams have taken what was written: a pipe may still be draining. */
function finish(code: number): void {
  process.exitCode = code;
  let open = 2;
  const end = (): void => {
    open -= 1;
    if (open === 0) process.exit(code);
  };
  // The callback of an empty write comes after all earlier writes, and also when the reader has gone.
  for (const stream of [process.stdout, process.stderr]) stream.write("", end);
}
