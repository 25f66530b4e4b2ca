/** The one argument of the scripts that make lines for the files of credentials: a name. */
import process from "node:process";
import { entryLines } from "../entry-lines.ts";

/** @throws Error with the usage, without repeating what was given: it may be a password */
export function entryName(script: string): string {
  const [name, ...more] = process.argv.slice(2);
  if (name === undefined || more.length > 0)
    throw new Error(`give one name and nothing else: npm run ${script} -- NAME`);
  // Read back as the server will read it.
  const [entry, ...others] = entryLines(`${name}:`, "the name");
  if (entry?.name !== name.normalize("NFC") || entry.rest !== "" || others.length > 0) {
    throw new Error("the name must not begin with #, nor hold a colon or a line's end");
  }
  return entry.name;
}
