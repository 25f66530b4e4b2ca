/** `undo [DIRECTORY]`: restores what the last write changed; a dry run only says what that is. */
import { resolve as resolvePath } from "node:path";
import { nodeFileSystem } from "../../io/node.ts";
import { exitCodes } from "../../lib/errors.ts";
import { undo, undoable } from "../../write/undo.ts";
import { JSON_SCHEMA, type Session } from "../command.ts";
import { recoveryLines } from "../present/present-recovery.ts";
import { warnInterrupted } from "../project/warn-interrupted.ts";

export async function undoCommand({ terminal, words, cwd, line }: Session): Promise<number> {
  const directory = resolvePath(cwd, words[0] ?? ".");
  const { json, dryRun } = line.control;
  if (dryRun) warnInterrupted(directory, terminal);
  const { restored, removed, recovery } = dryRun
    ? undoable(nodeFileSystem, directory)
    : undo(nodeFileSystem, directory);
  if (json) {
    const written = !dryRun;
    terminal.json({ schema: JSON_SCHEMA, ok: true, command: "undo", directory, written, restored, removed, recovery });
    return exitCodes.done;
  }
  const { style } = terminal;
  if (recovery !== undefined) {
    for (const text of recoveryLines(recovery, style)) terminal.say(text);
    terminal.say("The write before it stands; to take that back too, undo again.");
  }
  const files = restored.length === 1 ? "1 file" : `${restored.length} files`;
  terminal.result(
    dryRun
      ? `Would restore ${files} and remove ${removed.length}.`
      : `${style.green(style.done)} Restored ${files}, removed ${removed.length}.`,
  );
  for (const path of restored) terminal.result(`  ${dryRun ? "restore" : "restored"}  ${path}`);
  for (const path of removed) terminal.result(`  ${dryRun ? "remove " : "removed "}  ${path}`);
  return exitCodes.done;
}
