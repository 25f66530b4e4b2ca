/** `probe`: this machine's facts, as `--target FILE` reads them. */
import { factsDocument } from "../../facts/facts-document.ts";
import { probe } from "../../facts/probe.ts";
import { exitCodes } from "../../lib/errors.ts";
import type { Session } from "../command.ts";

/** JSON with and without --json: the document is the result, and its users are programs. */
export async function probeCommand({ terminal }: Session): Promise<number> {
  terminal.json(factsDocument("this", probe()));
  return exitCodes.done;
}
