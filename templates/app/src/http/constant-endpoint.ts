/** Constants: answers that are made once, as the adapters register them and as the others send them. */
import type { Endpoint, FixedResponse } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";
import { statusCounter } from "./pipeline.ts";
import { sendable } from "./reply.ts";
import type { HeaderPair } from "./responder.ts";
import type { Constant } from "./route.ts";

/** @throws TypeError for a header that must not be sent */
export function fixedResponse(
  method: string,
  pattern: string,
  { body, status, headers }: Constant,
  fixed: readonly HeaderPair[],
): FixedResponse {
  const all = new Headers(fixed as [string, string][]);
  if (body !== "") all.set("content-type", "text/plain;charset=UTF-8");
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  sendable(responseOf({ body, status, headers: [...all] }));
  return { method, pattern, body, status, headers: [...all] };
}

/**
 * Sends clones of one response, which share its body's text and its checked headers. Only the request is counted; the
 * rest of the pipeline has nothing to do.
 */
export function constantEndpoint(fixed: FixedResponse, counters: Float64Array): Endpoint {
  const prototype = responseOf(fixed);
  const byStatus = statusCounter(fixed.status);
  return () => {
    add(counters, counter.requests, 1);
    add(counters, byStatus, 1);
    return prototype.clone() as Response;
  };
}

function responseOf({ body, status, headers }: Pick<FixedResponse, "body" | "status" | "headers">): Response {
  // An empty text would be a body, which 204 and 304 must not have.
  return new Response(body === "" ? null : body, { status, headers: headers as [string, string][] });
}
