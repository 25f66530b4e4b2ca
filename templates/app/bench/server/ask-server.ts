/** One request with its whole answer: how a bench learns what all further answers must be like. */
import { Buffer } from "node:buffer";
import type { LoadTarget, RequestOrder } from "../load/order.ts";
import { type WholeAnswer, wholeAnswer } from "./whole-answer.ts";

export type Answer = Pick<WholeAnswer, "status" | "headers" | "body">;

/** An answer takes milliseconds; one of a cold server on a loaded machine gets this. */
const ANSWER_MS_MAX = 10_000;

/** @throws BenchError when there is no whole answer in time, or the interrupt comes first */
export function askServer(
  target: LoadTarget,
  order: Omit<RequestOrder, "expected">,
  interrupt?: AbortSignal,
): Promise<Answer> {
  const { method, path, headers, body, bodyBytes } = order;
  // A body in chunks is given as it goes over the wire; here the runtime makes the chunks.
  const isChunked = Object.keys(headers).some((name) => name.toLowerCase() === "transfer-encoding");
  const plain = bodyBytes > 0 ? Buffer.alloc(bodyBytes, "x") : undefined;
  const sent = isChunked ? plain : (body ?? plain);
  return wholeAnswer({
    target,
    method,
    path,
    headers,
    msMax: ANSWER_MS_MAX,
    ...(sent !== undefined && { body: sent }),
    ...(interrupt && { interrupt }),
  });
}
