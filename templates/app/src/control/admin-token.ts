/**
 * The token of the admin listener's most telling paths. Idea: a heap snapshot holds whatever the server's memory holds, secrets
 * too, so being able to reach the listener is not enough.
 *
 * The file is read at each request, so that a token can be changed while the server runs. Tokens are compared as SHA-256 in
 * constant time: neither the time nor the answer tells how much of a guess was right. The file's bytes and both digests are
 * zeroed after use; the texts of the tokens are strings, which cannot be.
 */

import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import process from "node:process";
import { HttpError } from "../http/http-error.ts";

const TOKEN_BYTES_MIN = 16;
/** A bearer token has to fit into a head beside everything else. */
const TOKEN_BYTES_MAX = 4096;
/** Bits of the file's mode that let the group and everybody else read it, or put a token of their own there. */
const OTHERS = 0o066;
/** What a header can carry, and the pattern below takes (RFC 6750, section 2.1, and more). */
const VISIBLE = /^[\x21-\x7e]*$/;

/** The token's SHA-256. @throws Error with a sentence for the operator */
export function readAdminToken(path: string): Buffer {
  const complain = (reason: string) => new Error(`admin.token_file = "${path}" ${reason}`);
  let text: string;
  let mode: number;
  try {
    mode = statSync(path).mode;
    const bytes = readFileSync(path);
    text = new TextDecoder().decode(bytes).trim();
    bytes.fill(0);
  } catch (error) {
    throw complain(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  // Windows has no such bits and reports all of them.
  if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, "0");
    throw complain(
      `can be read or written by others (mode ${octal}); chmod 600 it, owned by the user that runs the server`,
    );
  }
  if (!VISIBLE.test(text)) {
    throw complain(
      "holds white space or bytes that no header carries; openssl rand -hex 32 makes a token without them",
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes < TOKEN_BYTES_MIN || bytes > TOKEN_BYTES_MAX) {
    throw complain(
      `holds ${bytes} bytes; a token has ${TOKEN_BYTES_MIN} to ${TOKEN_BYTES_MAX}: openssl rand -hex 32 makes one`,
    );
  }
  return digest(text);
}

/** Why the request is refused; undefined: it carries the token. */
export function refuseWithoutToken(request: Request, path: string | undefined): HttpError | undefined {
  if (path === undefined) {
    return new HttpError(
      403,
      "NO_ADMIN_TOKEN",
      "This needs a token: write one of 16 bytes or more to a file that only the server's user can read, name it in admin.token_file of fastserve.toml, and start the server again.",
    );
  }
  let expected: Buffer;
  try {
    expected = readAdminToken(path);
  } catch (error) {
    return new HttpError(403, "ADMIN_TOKEN_FILE", error instanceof Error ? error.message : String(error));
  }
  const given = /^bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  const sent = digest(given);
  const isEqual = timingSafeEqual(sent, expected);
  sent.fill(0);
  expected.fill(0);
  if (isEqual) return undefined;
  return new HttpError(401, "WRONG_TOKEN", "This needs the admin token: Authorization: Bearer ...", {
    // RFC 6750, section 3.
    "www-authenticate": "Bearer",
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
