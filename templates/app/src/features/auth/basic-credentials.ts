/**
 * The credentials of `Authorization: Basic` (RFC 7617): base64 of "name:password" in UTF-8.
 *
 * The decoded bytes are zeroed at once. What cannot be: the header's text and the password's, which are strings of the engine
 * and stay in its heap until the collector reuses that place.
 */
import { decodeBase64 } from "./password-hash.ts";

export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;
const CONTROL = /\p{Cc}/u;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** undefined: malformed. The first colon ends the name; a password may have more of them. */
export function basicCredentials(authorization: string): BasicCredentials | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = decoded(encoded);
  if (text === undefined) return undefined;
  const colon = text.indexOf(":");
  if (colon < 0 || CONTROL.test(text)) return undefined;
  return { name: text.slice(0, colon).normalize("NFC"), password: text.slice(colon + 1) };
}

/** undefined: it is no base64, or no UTF-8. */
function decoded(encoded: string): string | undefined {
  let bytes: Uint8Array | undefined;
  try {
    bytes = decodeBase64(encoded);
    return decoder.decode(bytes);
  } catch {
    return undefined;
  } finally {
    bytes?.fill(0);
  }
}
