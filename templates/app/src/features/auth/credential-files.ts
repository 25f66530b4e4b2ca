/** The files of users and tokens, read by the control plane; workers get what this returns, by message. */
import { readFileSync, statSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";
import { entryLines } from "./entry-lines.ts";
import { isWeak, type PasswordHash, parsePasswordHash } from "./password-hash.ts";

export interface User extends PasswordHash {
  readonly name: string;
}

export interface Token {
  readonly name: string;
  /** SHA-256 of the token, in lower-case hexadecimal. */
  readonly digest: string;
}

/** @throws Error with a sentence for the operator */
export function readUsers(path: string, logger: Logger): readonly User[] {
  const setting = "auth.users_file";
  return entryLines(readCredentials(setting, path, logger), setting).map(({ number, name, rest }) => {
    const hash = parsePasswordHash(rest);
    if (typeof hash === "string")
      throw new Error(`${setting}, line ${number} ${hash}; npm run hash-password makes such a line`);
    if (isWeak(hash)) {
      logger.warn("a password's hash is weaker than OWASP's least setting", {
        key: setting,
        line: number,
        next: "make the line anew with npm run hash-password",
      });
    }
    return { name, ...hash };
  });
}

/** @throws Error with a sentence for the operator */
export function readTokens(path: string, logger: Logger): readonly Token[] {
  const setting = "auth.bearer_file";
  return entryLines(readCredentials(setting, path, logger), setting).map(({ number, name, rest }) => {
    if (!/^[0-9a-f]{64}$/.test(rest)) {
      throw new Error(
        `${setting}, line ${number} is not of the form "name:SHA-256 in hexadecimal"; npm run new-token makes one`,
      );
    }
    return { name, digest: rest };
  });
}

/** 10,000 entries of the longest kind are below it. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;
/** Bits of the file's mode that let the group and everybody in. */
const OTHERS = 0o077;

function readCredentials(setting: string, path: string, logger: Logger): string {
  try {
    const { mode, size } = statSync(path);
    if (size > FILE_BYTES_MAX) throw new Error(`it is larger than ${FILE_BYTES_MAX} bytes`);
    if ((mode & OTHERS) !== 0) {
      logger.warn("a file of credentials is open to others", {
        key: setting,
        value: path,
        mode: (mode & 0o777).toString(8).padStart(4, "0"),
        next: "chmod 600 it, owned by the user that runs the server",
      });
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${setting} = "${path}" cannot be read: ${reason}`);
  }
}
