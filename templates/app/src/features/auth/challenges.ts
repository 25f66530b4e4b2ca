/** How a request is asked for credentials, or told what is wrong with them (RFC 9110, section 11.6.1). */
import { HttpError } from "../../http/http-error.ts";
import type { AuthScheme } from "../../http/route-options.ts";

export interface Challenges {
  /** Nothing was sent that this route takes, or a wrong password: which of the two is not told. */
  missing(): HttpError;
  /** RFC 6750, section 3.1. */
  wrongToken(): HttpError;
  malformedToken(): HttpError;
}

/** The fields are made once; the errors are made anew, because each has its own stack. */
export function challenges(schemes: readonly AuthScheme[], realm: string): Challenges {
  const quoted = `"${realm.replace(/[\\"]/g, "\\$&")}"`;
  const field = (error: string) =>
    schemes
      .map((scheme) =>
        scheme === "basic" ? `Basic realm=${quoted}, charset="UTF-8"` : `Bearer realm=${quoted}${error}`,
      )
      .join(", ");
  const [plain, wrong, malformed] = [
    { "www-authenticate": field("") },
    { "www-authenticate": field(', error="invalid_token"') },
    { "www-authenticate": field(', error="invalid_request"') },
  ];
  return {
    missing: () => new HttpError(401, "UNAUTHENTICATED", "This path needs valid credentials.", plain),
    wrongToken: () => new HttpError(401, "INVALID_TOKEN", "The bearer token is not valid.", wrong),
    malformedToken: () => new HttpError(400, "INVALID_REQUEST", "The bearer token is malformed.", malformed),
  };
}

export function tooManyFailures(waitMs: number): HttpError {
  return new HttpError(429, "TOO_MANY_FAILED_ATTEMPTS", "Too many wrong credentials came from this client.", {
    "retry-after": String(Math.ceil(waitMs / 1000)),
  });
}

export function verifierBusy(): HttpError {
  return new HttpError(503, "AUTHENTICATION_BUSY", "The server is verifying as many passwords as it may.", {
    "retry-after": "1",
  });
}
