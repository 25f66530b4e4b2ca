/** The credentials of `Authorization: Basic` (RFC 7617): base64 of "name:password" in UTF-8. */
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
  let text: string;
  try {
    text = decoder.decode(decodeBase64(encoded));
  } catch {
    // No base64, or no UTF-8.
    return undefined;
  }
  const colon = text.indexOf(":");
  if (colon < 0 || CONTROL.test(text)) return undefined;
  return { name: text.slice(0, colon).normalize("NFC"), password: text.slice(colon + 1) };
}
