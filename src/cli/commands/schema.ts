/** `schema`: what --config may contain, for editors, CI systems and agents. */
import { answersJsonSchema } from "../../answers/schema.ts";
import { exitCodes } from "../../lib/errors.ts";
import type { Session } from "../command.ts";

export async function schema({ terminal }: Session): Promise<number> {
  terminal.json(answersJsonSchema());
  return exitCodes.done;
}
