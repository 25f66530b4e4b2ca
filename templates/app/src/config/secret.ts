/**
 * What must never be shown. Idea: fail closed. A setting is secret when its schema says so (`.meta({ secret: true })`)
 * or when its name says so; the name is enough, so that a later setting cannot leak because somebody forgot the mark.
 */
import type { z } from "zod";

export const REDACTED = "[redacted]";

/** Words that make a name secret, wherever they stand in it. `tls.key` is the path of a file, so "key" alone is not one. */
const SECRET_NAME =
  /(^|[._-])(password|passwd|passphrase|secret|secrets|token|tokens|credential|credentials|(api|private|signing|encryption|session)_?key)($|[._-])/i;

/** User and password in an address: "redis://user:word@host". */
const ADDRESS_CREDENTIALS = /(\w+:\/\/)[^/@\s]*@/g;

/** `types`: the setting's schema and what it wraps; a mark on either counts. */
export function isSecret(name: string, ...types: readonly z.ZodType[]): boolean {
  return SECRET_NAME.test(name) || types.some((type) => type.meta()?.secret === true);
}

/** A setting's value as it may be shown. */
export function redact(value: unknown, secret: boolean): unknown {
  if (secret && value !== undefined) return REDACTED;
  return typeof value === "string" ? value.replace(ADDRESS_CREDENTIALS, `$1${REDACTED}@`) : value;
}
