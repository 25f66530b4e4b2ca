/** One request on a connection of its own, and its whole answer within a time. Whatever goes wrong is a BenchError. */
import { Buffer } from "node:buffer";
import { type IncomingHttpHeaders, type IncomingMessage, request as startRequest } from "node:http";
import { BenchError } from "../cli/bench-error.ts";
import type { LoadTarget } from "../load/order.ts";

export interface Question {
  readonly target: LoadTarget;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** For all of it: an answer that streams for ever never falls silent. */
  readonly msMax: number;
  /** Ends the wait. */
  readonly interrupt?: AbortSignal;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The connection closes at once: none is left when a load begins, and no server's end waits for it. */
export function wholeAnswer({ target, method, path, headers, body, msMax, interrupt }: Question): Promise<WholeAnswer> {
  const { host, port } = target;
  return new Promise((resolve, reject) => {
    const request = startRequest({ host, port, method, path, headers: { ...headers }, agent: false });
    const fail = (reason: string) => {
      settle();
      reject(new BenchError(`${method} ${path} on port ${port} ${reason}.`));
      request.destroy();
    };
    const late = () =>
      fail(`was not answered to its end within ${msMax} ms: the server hangs, or the answer has no end`);
    const cut = () => fail("was interrupted");
    const deadline = setTimeout(late, msMax);
    const settle = () => {
      clearTimeout(deadline);
      interrupt?.removeEventListener("abort", cut);
    };
    // It stays for the whole life of the request: what is destroyed may tell of it again.
    request.on("error", (error) => fail(`failed: ${error.message}`));
    request.on("response", (response) => {
      const lost = () => fail("was broken off by the server before the answer was whole");
      bodyOf(response, lost, (whole) => {
        settle();
        const { statusCode: status = 0, headers: fields, rawHeaders } = response;
        resolve({ status, headers: fields, rawHeaders, body: whole });
      });
    });
    if (interrupt?.aborted) return cut();
    interrupt?.addEventListener("abort", cut);
    request.end(body);
  });
}

function bodyOf(response: IncomingMessage, lost: () => void, whole: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("end", () => whole(Buffer.concat(chunks)));
  // Of the three, each runtime tells a lost connection by others.
  for (const event of ["error", "aborted", "close"]) response.on(event, lost);
}
