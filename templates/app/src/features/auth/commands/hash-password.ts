/** `npm run hash-password -- NAME`: asks for a password and prints the user's line for auth.users_file. */
import process from "node:process";
import { hashPassword } from "../password-hash.ts";
import { entryName } from "./entry-name.ts";
import { readPassword } from "./read-password.ts";

try {
  const name = entryName("hash-password");
  console.log(`${name}:${await hashPassword(await readPassword())}`);
  console.error("Append this line to the file that auth.users_file names (chmod 600), then reload the server.");
} catch (error) {
  console.error(`hash-password: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
