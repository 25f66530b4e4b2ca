/**
 * Turns a handler's value into a response.
 *
 * Strings and `Response.json` without further headers keep Deno on its fast path; strings beat bytes as bodies on both
 * runtimes, on Deno by a factor of about 20.
 */
import type { Reply } from "./route.ts";

const bytesInit = { headers: { "content-type": "application/octet-stream" } };
const emptyInit = { status: 204 };

export function toResponse(reply: Reply): Response {
  if (reply instanceof Response) return sendable(reply);
  if (typeof reply === "string") return new Response(reply);
  if (reply instanceof Uint8Array) return new Response(reply as Uint8Array<ArrayBuffer>, bytesInit);
  if (reply === undefined) return new Response(null, emptyInit);
  return Response.json(reply);
}

/**
 * A header value with a control character ends the whole process on Deno 2.9.6 (its writer panics) and a worker on
 * node:http, and handlers do put input into headers; so it is a handler's error like any other.
 *
 * @throws TypeError that names the header
 */
export function sendable(response: Response): Response {
  for (const [name, value] of response.headers) {
    if (hasControl(value)) throw new TypeError(`the response header "${name}" has a control character`);
  }
  return response;
}

/** Tab is the one control character that a field value may hold (RFC 9110, section 5.5). */
function hasControl(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if ((unit < 32 && unit !== 9) || unit === 127) return true;
  }
  return false;
}
