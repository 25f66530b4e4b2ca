/**
 * The name that a request's path stands for, below the prefix: percent-decoded, and nothing else done to it.
 *
 * Nothing is resolved or cleaned: a path with dot segments, empty segments, an encoded slash or backslash, a control
 * character or malformed UTF-8 has no name. So a path can only ever be looked up, never lead anywhere.
 */

/** Encoded slash and backslash: decoding them would change where segments end. */
const ENCODED_SEPARATOR = /%(?:2f|5c)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const FORBIDDEN = /[\x00-\x1f\x7f\\]|(?:^|\/)(?:\.{1,2})?(?:\/)|(?:^|\/)\.{1,2}$/;

/** @param path as sent, begins with a slash, without the query; undefined: it has no name here */
export function requestKey(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const encoded = path.slice(prefix.length);
  const key = encoded.includes("%") ? decoded(encoded) : encoded;
  return key === undefined || !isName(key) ? undefined : key;
}

/** Whether a name could be one of a file: the empty name is the folder itself, a slash at the end means a folder. */
export function isName(key: string): boolean {
  return key === "" || !FORBIDDEN.test(key);
}

/** Files whose names begin with a dot are private; ".well-known" (RFC 8615) is the exception. */
export function isHidden(key: string): boolean {
  if (!key.includes(".")) return false;
  return key.split("/").some((segment) => segment.startsWith(".") && segment !== ".well-known");
}

function decoded(text: string): string | undefined {
  if (ENCODED_SEPARATOR.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
