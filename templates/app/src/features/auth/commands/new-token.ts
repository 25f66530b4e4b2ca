/** `npm run new-token -- NAME`: prints a bearer token, this once, and its line for auth.bearer_file. */
import { createHash, randomBytes } from "node:crypto";
import process from "node:process";
import { entryName } from "./entry-name.ts";

/** 256 bits, as many as the hash has. */
const TOKEN_BYTES = 32;

try {
  const name = entryName("new-token");
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  console.log(`token: ${token}`);
  console.log(`line: ${name}:${createHash("sha256").update(token).digest("hex")}`);
  console.error('Give the token to its bearer: it is kept nowhere. Append what follows "line: " to the file that');
  console.error("auth.bearer_file names (chmod 600), then reload the server.");
} catch (error) {
  console.error(`new-token: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
