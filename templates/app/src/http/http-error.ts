/** An error that a client is told about: its status, a stable code, and a sentence. Anything else becomes a bare 500. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  /** @throws RangeError when the status is none of an error: 400 to 599 */
  constructor(status: number, code: string, detail: string, headers: Readonly<Record<string, string>> = {}) {
    if (!(Number.isInteger(status) && status >= 400 && status <= 599)) {
      throw new RangeError(`${status} is not the status of an error`);
    }
    super(detail);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The error as RFC 9457 writes it. Never carries a stack or another error's message. */
export function problemBody(error: HttpError): string {
  return JSON.stringify({ status: error.status, code: error.code, detail: error.message });
}

/** The error as `application/problem+json`. */
export function problemResponse(error: HttpError): Response {
  return new Response(problemBody(error), {
    status: error.status,
    headers: { "content-type": "application/problem+json", ...error.headers },
  });
}

/** The error where nothing is known that a client may be told. */
export function internalError(): HttpError {
  return new HttpError(500, "INTERNAL_ERROR", "The server failed to answer this request.");
}

export function urlTooLong(bytesMax: number): HttpError {
  return new HttpError(414, "URL_TOO_LONG", `The URL is longer than ${bytesMax} bytes.`);
}

/** The answer when limits.in_flight_max requests are being handled. */
export function noPlace(): HttpError {
  return new HttpError(503, "TOO_MANY_REQUESTS_IN_FLIGHT", "The server is at its limit of requests.", {
    "retry-after": "1",
  });
}
