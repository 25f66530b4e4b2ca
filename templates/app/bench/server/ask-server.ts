/** One request with its whole answer: how a bench learns what all further answers must be like. */
import { Buffer } from "node:buffer";
import { type IncomingHttpHeaders, request as startRequest } from "node:http";
import type { LoadTarget, RequestOrder } from "../load/order.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const ANSWER_MS_MAX = 5000;

/** On a connection of its own that closes at once, so that none is left when the load begins. */
export function askServer(target: LoadTarget, order: Omit<RequestOrder, "expected">): Promise<Answer> {
  const { host, port } = target;
  const { method, path, headers, body, bodyBytes } = order;
  return new Promise((resolve, reject) => {
    // A body in chunks is given as it goes over the wire; here the runtime makes the chunks.
    const isChunked = Object.keys(headers).some((name) => name.toLowerCase() === "transfer-encoding");
    const plain = bodyBytes > 0 ? Buffer.alloc(bodyBytes, "x") : undefined;
    const options = { host, port, method, path, headers, agent: false as const, timeout: ANSWER_MS_MAX };
    const request = startRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)));
    request.on("error", (error) => reject(new Error(`${method} ${path}: ${error.message}`)));
    request.end(isChunked ? plain : (body ?? plain));
  });
}
