/** Builders of the bytes that cases send. Nothing here corrects anything: what a case spells is what goes out. */
import { SMUGGLED_PATH } from "./attack-case.ts";

/** Lines with CRLF, and the empty line that ends a head. */
export function head(...lines: readonly string[]): string {
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A valid GET. */
export function get(path: string, ...fields: readonly string[]): string {
  return head(`GET ${path} HTTP/1.1`, "Host: localhost", ...fields);
}

/** A POST with a valid Host and the case's own framing. */
export function post(path: string, ...fields: readonly string[]): string {
  return head(`POST ${path} HTTP/1.1`, "Host: localhost", ...fields);
}

/** A valid POST with its body. */
export function posted(path: string, body: string): string {
  return post(path, `Content-Length: ${body.length}`) + body;
}

/** A chunked POST; the body is spelled by the case. */
export function chunked(path: string, body: string): string {
  return post(path, "Transfer-Encoding: chunked") + body;
}

/** A whole and valid request which must stay part of another one's body, or behind an end of the connection. */
export const SMUGGLED: string = get(SMUGGLED_PATH);

/** A whole and valid request that follows on the same connection. */
export const NEXT: string = get("/next");
