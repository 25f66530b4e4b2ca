/** What must not be sent. */

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
export function hasControl(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const unit = value.charCodeAt(at);
    if ((unit < 32 && unit !== 9) || unit === 127) return true;
  }
  return false;
}
