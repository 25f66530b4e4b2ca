/**
 * Requests to the bench's routes with the answers that they must get, and loads of them. An answer is known beforehand and
 * never taken from the server: a route that fails fast would otherwise be the fastest.
 */
import { Buffer } from "node:buffer";
import { BenchError } from "../cli/bench-error.ts";
import type { HttpOrder, RequestOrder } from "../load/order.ts";
import { askServer } from "../server/ask-server.ts";
import type { ServerProcess } from "../server/server-process.ts";

export interface KnownRequest extends RequestOrder {
  /** The whole body of the answer; null: its length and status say enough. */
  readonly answer: string | null;
}

export interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status?: number;
}

/** `answer`: the body of the answer; a number: its length. */
export function knownRequest(
  method: string,
  path: string,
  answer: string | number,
  { headers = {}, body, status = 200 }: RequestParts = {},
): KnownRequest {
  const bodyBytes = typeof answer === "number" ? answer : Buffer.byteLength(answer);
  return {
    method,
    path,
    headers,
    body: body ?? null,
    bodyBytes: body === undefined ? 0 : Buffer.byteLength(body),
    expected: { status, bodyBytes },
    answer: typeof answer === "number" ? null : answer,
  };
}

export interface LoadParts {
  readonly connections: number;
  readonly pipeline?: number;
  readonly requestsPerConnection?: number;
  /** Makes an open loop. */
  readonly ratePerS?: number;
}

/** The load, once the first of the requests was asked and answered as it must be. */
export async function verifiedLoad(
  server: ServerProcess,
  requests: readonly KnownRequest[],
  parts: LoadParts,
): Promise<HttpOrder> {
  for (const request of requests.slice(0, 1)) await verify(server, request);
  return loadOf(server, requests, parts);
}

export function loadOf(
  { host, port }: Pick<ServerProcess, "host" | "port">,
  requests: readonly KnownRequest[],
  { connections, pipeline = 1, requestsPerConnection = 0, ratePerS }: LoadParts,
): HttpOrder {
  return {
    kind: "http",
    target: { host, port },
    requests: requests.map(({ answer: _, ...request }) => request),
    connections,
    model: ratePerS === undefined ? { kind: "closed", pipeline } : { kind: "open", ratePerS },
    requestsPerConnection,
  };
}

/** @throws BenchError when the answer is another one than all of the load must be */
export async function verify(server: ServerProcess, request: KnownRequest): Promise<void> {
  const { method, path, expected, answer } = request;
  const { status, body } = await askServer(server, request);
  const isLike = status === expected.status && (expected.bodyBytes === null || body.length === expected.bodyBytes);
  if (isLike && (answer === null || body.toString() === answer)) return;
  const wanted = `${expected.status} with ${expected.bodyBytes ?? "some"} bytes${answer === null ? "" : ` (${excerpt(answer)})`}`;
  throw new BenchError(
    `${method} ${path} was answered ${status} with ${body.length} bytes (${excerpt(body.toString())}) instead of ${wanted}.`,
  );
}

const EXCERPT_CHARS = 80;

function excerpt(text: string): string {
  return JSON.stringify(text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)}...` : text);
}
