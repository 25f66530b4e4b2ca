/** The text of `--help`, printed from the command table and the question table. */
import { type ControlFlag, controlFlags } from "../answers/control-flags.ts";
import { questionKeys, questions } from "../answers/questions.ts";
import { commandTable, createRow } from "./command-table.ts";
import { brokenLines } from "./present/columns.ts";
import type { Style } from "./present/style.ts";

const program = "create-fastserve";
/** Width of the left column; a longer entry gets a line of its own. */
const LEFT_CHARS = 30;
/** The text is the same on every terminal. */
const COLUMNS = 120;

export function helpText(style: Style): string {
  const commands = [createRow, ...Object.values(commandTable)];
  return [
    `${style.bold(program)} writes an HTTP/WebSocket server for Bun or Deno, tuned to its hardware.`,
    "",
    style.bold("Commands"),
    ...commands.map((row) => line(`${program} ${row.usage}`, row.help)),
    "",
    style.bold("Answers"),
    ...questionKeys.map((key) => line(`--${questions[key].flag} ${questions[key].placeholder}`, questions[key].help)),
    "",
    style.bold("Run"),
    ...flagsOf((flag) => !isForProjects(flag)),
    "",
    style.bold("Run on a project"),
    ...flagsOf(isForProjects),
    "",
    style.bold("Notes"),
    "  Every answer is also an environment variable, CREATE_FASTSERVE_<FLAG>, and a key of --config.",
    "  A flag beats the environment, that beats the file, that beats the default.",
    "  On a project an answer changes the recorded one. Without --target this machine is probed again, or the recorded",
    "  preset is looked up again; --target recorded keeps the facts as they are recorded.",
    "  Through npm, flags stand behind a --:  npm create fastserve@latest my-server -- --runtime deno",
    "  Exit codes: 0 done, 1 internal error, 2 usage or invalid answers, 3 conflicts or drift,",
    "  4 unsafe target, 5 install failed, 130 cancelled.",
  ].join("\n");
}

function flagsOf(belongs: (flag: ControlFlag) => boolean): readonly string[] {
  return Object.values(controlFlags)
    .filter(belongs)
    .map((flag) => line(flag.usage, isForProjects(flag) ? `${flag.help} (${flag.only?.join(", ")})` : flag.help));
}

/** Of commands that work on a project which is there. */
function isForProjects({ only }: ControlFlag): boolean {
  return only !== undefined && !only.includes("create");
}

function line(left: string, help: string): string {
  const entry = `  ${left}`;
  const indent = " ".repeat(LEFT_CHARS);
  const text = brokenLines(help, LEFT_CHARS, COLUMNS).join(`\n${indent}`);
  return entry.length < LEFT_CHARS ? `${entry.padEnd(LEFT_CHARS)}${text}` : `${entry}\n${indent}${text}`;
}
