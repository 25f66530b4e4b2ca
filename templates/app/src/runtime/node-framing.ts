/**
 * Heads that node:http takes and that leave open what belongs to the request: RFC 9112 wants them refused and their
 * connection closed, because a proxy in front may have read them otherwise.
 */
import type { IncomingMessage } from "node:http";

/**
 * More than one Host (section 3.2); a coding other than chunked alone (section 6.1), which node:http would hand on
 * undecoded or take for none; any coding in HTTP/1.0, which does not have them (section 6.1).
 */
export function isAmbiguous({ rawHeaders, httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    // Most names are told apart by their length, which costs no copy of them.
    if (name.length === "host".length && name.toLowerCase() === "host") hosts += 1;
    if (name.length === "transfer-encoding".length && name.toLowerCase() === "transfer-encoding") {
      const isChunked = rawHeaders[at + 1]?.toLowerCase() === "chunked";
      if (!isChunked || (httpVersionMajor === 1 && httpVersionMinor === 0)) return true;
    }
  }
  return hosts > 1;
}
