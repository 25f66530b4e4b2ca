/** `undo [DIRECTORY]`: restores what the last write changed. */
import { resolve as resolvePath } from "node:path";
import { nodeFileSystem } from "../../io/node.ts";
import { exitCodes } from "../../lib/errors.ts";
import { undo } from "../../write/undo.ts";
import { JSON_SCHEMA, type Session } from "../command.ts";

export async function undoCommand({ terminal, words, cwd, line }: Session): Promise<number> {
  const directory = resolvePath(cwd, words[0] ?? ".");
  const { restored, removed } = undo(nodeFileSystem, directory);
  if (line.control.json) {
    terminal.json({ schema: JSON_SCHEMA, ok: true, command: "undo", directory, restored, removed });
    return exitCodes.done;
  }
  const { style } = terminal;
  terminal.result(`${style.green(style.done)} Restored ${restored.length} files, removed ${removed.length}.`);
  for (const path of restored) terminal.result(`  restored  ${path}`);
  for (const path of removed) terminal.result(`  removed   ${path}`);
  return exitCodes.done;
}
