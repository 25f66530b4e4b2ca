/**
 * The pipeline: what happens around every handler, compiled once per route into one function.
 *
 * admit (in-flight limit) -> handler -> response -> account (counters, latency, observers) -> release.
 * A handler that answers synchronously never touches a promise. No option is looked at per request.
 */
import type { Endpoint, Peer } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";
import { record } from "../zones/histogram.ts";
import type { WorkerZones } from "../zones/zones.ts";
import { Context, type ContextServices } from "./context.ts";
import { HttpError, internalError, problemResponse } from "./http-error.ts";
import { sendable, toResponse } from "./reply.ts";
import type { Handler, Reply } from "./route.ts";

export interface PipelineServices extends ContextServices {
  readonly zones: WorkerZones;
  readonly latencySteps: number;
  readonly observers: readonly ((request: Request, response: Response, durationUs: number) => void)[];
  /** Told about what a handler threw that is no HttpError. */
  readonly onHandlerError: (request: Request | undefined, error: unknown) => void;
}

export function compileEndpoint(handler: Handler, services: PipelineServices): Endpoint {
  const { zones } = services;
  return function endpoint(request, params, peer: Peer) {
    const startedMs = performance.now();
    if (!zones.inFlight.acquire(1)) return refuse(request, startedMs, services);
    const context = new Context(request, params, peer, services);
    let response: Response;
    try {
      const reply = handler(context);
      if (reply instanceof Promise) return finishLater(context, reply, startedMs, services);
      response = toResponse(reply);
    } catch (error) {
      response = errorResponse(request, error, services);
    }
    // A handler may have begun to read the body and answered without it.
    context.release();
    return finish(request, response, startedMs, services);
  };
}

async function finishLater(
  context: Context,
  reply: Promise<Reply>,
  startedMs: number,
  services: PipelineServices,
): Promise<Response> {
  let response: Response;
  try {
    response = toResponse(await reply);
  } catch (error) {
    response = errorResponse(context.request, error, services);
  }
  context.release();
  return finish(context.request, response, startedMs, services);
}

/** Gives the place in flight back and accounts for the request. */
function finish(request: Request, response: Response, startedMs: number, services: PipelineServices): Response {
  services.zones.inFlight.release(1);
  account(request, response, startedMs, services);
  return response;
}

/** Counts a finished request; also used for answers that no route gave. */
export function account(request: Request, response: Response, startedMs: number, services: PipelineServices): void {
  const durationUs = (performance.now() - startedMs) * 1000;
  const { counters, latency } = services.zones;
  add(counters, counter.requests, 1);
  add(counters, statusCounter(response.status), 1);
  add(counters, counter.durationUsSum, durationUs);
  record(latency, durationUs, services.latencySteps);
  for (const observe of services.observers) observe(request, response, durationUs);
}

function statusCounter(status: number): number {
  if (status < 300) return counter.responses2xx;
  if (status < 400) return counter.responses3xx;
  return status < 500 ? counter.responses4xx : counter.responses5xx;
}

function refuse(request: Request, startedMs: number, services: PipelineServices): Response {
  add(services.zones.counters, counter.refusedInFlight, 1);
  const error = new HttpError(503, "TOO_MANY_REQUESTS_IN_FLIGHT", "The server is at its limit of requests.", {
    "retry-after": "1",
  });
  const response = problemResponse(error);
  account(request, response, startedMs, services);
  return response;
}

/** Never throws: whoever calls it still has a place in flight to give back. */
function errorResponse(request: Request, error: unknown, services: PipelineServices): Response {
  let failure = error;
  if (error instanceof HttpError) {
    try {
      return sendable(problemResponse(error));
    } catch (unsendable) {
      failure = unsendable;
    }
  }
  add(services.zones.counters, counter.handlerErrors, 1);
  services.onHandlerError(request, failure);
  return internalError();
}
