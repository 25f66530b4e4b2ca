/**
 * The pipeline: what happens around every handler, compiled once per route into one function.
 *
 * admit (in-flight limit) -> middleware of the features, of the app, of the route -> handler -> response -> account
 * (counters, latency, observers) -> release. A handler that answers synchronously never touches a promise, and no
 * option is looked at per request.
 */
import type { Endpoint, Peer } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";
import { record } from "../zones/histogram.ts";
import type { WorkerZones } from "../zones/zones.ts";
import { Context, type ContextServices } from "./context.ts";
import { HttpError, internalError } from "./http-error.ts";
import type { Handle, Middleware } from "./middleware.ts";
import type { Responder } from "./responder.ts";
import type { Reply, Route } from "./route.ts";

export interface PipelineServices extends ContextServices {
  readonly zones: WorkerZones;
  readonly latencySteps: number;
  readonly urlBytesMax: number;
  readonly handlerMs: number;
  readonly responder: Responder;
  /** Around every route and the fallback, the first is the outermost. */
  readonly middleware: readonly Middleware[];
  readonly observers: readonly ((context: Context, response: Response, durationUs: number) => void)[];
  /** Told about what a handler threw that is no HttpError. */
  readonly onHandlerError: (request: Request | undefined, error: unknown) => void;
}

/** @param route undefined: the answer where no route has the path */
export function compileEndpoint(handle: Handle, route: Route | undefined, services: PipelineServices): Endpoint {
  const { zones, responder, urlBytesMax } = services;
  return function endpoint(request, params, peer: Peer) {
    const startedMs = performance.now();
    const context = new Context(request, params, peer, route, services);
    if (!zones.inFlight.acquire(1)) return refuse(context, startedMs, services);
    let response: Response;
    try {
      if (request.url.length > urlBytesMax) throw urlTooLong(urlBytesMax);
      const reply = handle(context);
      if (reply instanceof Promise) return finishLater(context, reply, startedMs, services);
      response = responder.respond(reply, context);
    } catch (error) {
      response = errorResponse(context, error, services);
    }
    // A handler may have begun to read the body and answered without it.
    context.release();
    return finish(context, response, startedMs, services);
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
    response = services.responder.respond(await reply, context);
  } catch (error) {
    response = errorResponse(context, error, services);
  }
  context.release();
  return finish(context, response, startedMs, services);
}

/** Gives the place in flight back and accounts for the request. */
function finish(context: Context, response: Response, startedMs: number, services: PipelineServices): Response {
  services.zones.inFlight.release(1);
  account(context, response, startedMs, services);
  return response;
}

function account(context: Context, response: Response, startedMs: number, services: PipelineServices): void {
  const durationUs = (performance.now() - startedMs) * 1000;
  const { counters, latency } = services.zones;
  add(counters, counter.requests, 1);
  add(counters, statusCounter(response.status), 1);
  add(counters, counter.durationUsSum, durationUs);
  record(latency, durationUs, services.latencySteps);
  for (const observe of services.observers) observe(context, response, durationUs);
}

function statusCounter(status: number): number {
  if (status < 300) return counter.responses2xx;
  if (status < 400) return counter.responses3xx;
  return status < 500 ? counter.responses4xx : counter.responses5xx;
}

function refuse(context: Context, startedMs: number, services: PipelineServices): Response {
  add(services.zones.counters, counter.refusedInFlight, 1);
  const error = new HttpError(503, "TOO_MANY_REQUESTS_IN_FLIGHT", "The server is at its limit of requests.", {
    "retry-after": "1",
  });
  const response = services.responder.problem(error, context);
  account(context, response, startedMs, services);
  return response;
}

function urlTooLong(bytesMax: number): HttpError {
  return new HttpError(414, "URL_TOO_LONG", `The URL is longer than ${bytesMax} bytes.`);
}

/** Never throws: whoever calls it still has a place in flight to give back. */
function errorResponse(context: Context, error: unknown, services: PipelineServices): Response {
  let failure = error;
  if (error instanceof HttpError) {
    try {
      return services.responder.problem(error, context);
    } catch (unsendable) {
      failure = unsendable;
    }
  }
  add(services.zones.counters, counter.handlerErrors, 1);
  services.onHandlerError(context.request, failure);
  return services.responder.problem(internalError(), undefined);
}
