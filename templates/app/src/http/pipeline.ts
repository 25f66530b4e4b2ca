/**
 * The pipeline: what happens around every handler, compiled once per route into one function.
 *
 * admit (in-flight limit) -> middleware of the features, of the app, of the route -> handler -> response -> account
 * (counters, latency, observers) -> release. A handler that answers synchronously never touches a promise or a timer, and
 * no option is looked at per request.
 */

import type { Endpoint, Peer } from "../runtime/port.ts";
import { add, counter } from "../zones/counters.ts";
import { record } from "../zones/histogram.ts";
import type { WorkerZones } from "../zones/zones.ts";
import { Context, type ContextServices } from "./context.ts";
import type { Deadlines } from "./deadlines.ts";
import { HttpError, noPlace, urlTooLong } from "./http-error.ts";
import { type Finishing, finishInTime } from "./late-handler.ts";
import type { Handle, Middleware } from "./middleware.ts";
import type { Responder } from "./responder.ts";
import type { Reply, Route } from "./route.ts";

export interface PipelineServices extends ContextServices {
  readonly zones: WorkerZones;
  readonly latencySteps: number;
  /** Whether the adapter has read each request's URL already, so that its length costs nothing to know. */
  readonly urlIsRead: boolean;
  readonly handlerMs: number;
  readonly deadlines: Deadlines;
  readonly responder: Responder;
  /** Around every route and the fallback, the first is the outermost. */
  readonly middleware: readonly Middleware[];
  readonly observers: readonly ((context: Context, response: Response, durationUs: number) => void)[];
  /** Told about what a handler threw that is no HttpError. */
  readonly onHandlerError: (request: Request | undefined, error: unknown) => void;
}

/**
 * @param route undefined: the answer where no route has the path
 * @throws TypeError when a limit of the route's own cannot hold
 */
export function compileEndpoint(handle: Handle, route: Route | undefined, services: PipelineServices): Endpoint {
  const { responder } = services;
  if (route) checkLimits(route, services);
  // Where reading the URL costs, a route that does without it is not made to; `context.url` is bounded all the same.
  const urlBytesMax = services.urlIsRead || readsUrl(route) ? services.urlBytesMax : undefined;
  const limitMs = route?.options.timeoutMs ?? services.handlerMs;
  const finishLater = limitMs > 0 ? finishInTime(services.deadlines.list(limitMs), finishing) : finishWhenDone;
  return function endpoint(request, params, peer: Peer) {
    const startedMs = performance.now();
    const context = new Context(request, params, peer, route, services);
    context.startedMs = startedMs;
    if (!context.enter()) return refuse(context, startedMs, services);
    let response: Response;
    let reply: Reply;
    try {
      if (urlBytesMax !== undefined && request.url.length > urlBytesMax) throw urlTooLong(urlBytesMax);
      const made = handle(context);
      if (made instanceof Promise) return finishLater(context, made, startedMs, services);
      reply = made;
      response = responder.respond(reply, context);
    } catch (error) {
      response = errorResponse(context, error, services);
    }
    // A handler may have begun to read the body and answered without it.
    context.release(reply);
    return finish(context, response, startedMs, services);
  };
}

function checkLimits({ method, pattern, options }: Route, { bodyBytesMax }: PipelineServices): void {
  const where = `route "${method} ${pattern}"`;
  const { bodyBytesMax: bytes = 0, timeoutMs = 0 } = options;
  if (!(Number.isInteger(bytes) && bytes >= 0 && bytes <= bodyBytesMax)) {
    throw new TypeError(
      `${where} has bodyBytesMax = ${bytes}, and limits.body_bytes_max = ${bodyBytesMax} holds for all routes; raise that one`,
    );
  }
  if (!(timeoutMs >= 0 && timeoutMs < Number.POSITIVE_INFINITY)) {
    throw new TypeError(`${where} has timeoutMs = ${timeoutMs}; give it milliseconds, 0 for no bound`);
  }
}

/** The fallback and wildcard paths are matched by the URL's text on every adapter. */
function readsUrl(route: Route | undefined): boolean {
  return route === undefined || route.pattern.endsWith("/*");
}

async function finishWhenDone(
  context: Context,
  reply: Promise<Reply>,
  startedMs: number,
  services: PipelineServices,
): Promise<Response> {
  let value: Reply;
  try {
    value = await reply;
  } catch (error) {
    return finishing.failure(context, error, startedMs, services);
  }
  return finishing.reply(context, value, startedMs, services);
}

/** The two ways in which an asynchronous request ends. */
const finishing: Finishing = {
  reply(context, reply, startedMs, services) {
    let response: Response;
    try {
      response = services.responder.respond(reply, context);
    } catch (error) {
      response = errorResponse(context, error, services);
    }
    context.release(reply);
    return finish(context, response, startedMs, services);
  },
  failure(context, error, startedMs, services) {
    const response = errorResponse(context, error, services);
    context.release();
    return finish(context, response, startedMs, services);
  },
};

/** Accounts for the request; its place in flight went back with the rest that it held. */
function finish(context: Context, response: Response, startedMs: number, services: PipelineServices): Response {
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

/** The counter of a status of this class. */
export function statusCounter(status: number): number {
  if (status < 300) return counter.responses2xx;
  if (status < 400) return counter.responses3xx;
  return status < 500 ? counter.responses4xx : counter.responses5xx;
}

function refuse(context: Context, startedMs: number, services: PipelineServices): Response {
  add(services.zones.counters, counter.refusedInFlight, 1);
  const response = services.responder.problem(noPlace(), context);
  account(context, response, startedMs, services);
  return response;
}

/** Never throws: whoever calls it still has to give back what the request holds, and to account for it. */
function errorResponse(context: Context, error: unknown, services: PipelineServices): Response {
  context.fail();
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
  return services.responder.failure(context);
}
