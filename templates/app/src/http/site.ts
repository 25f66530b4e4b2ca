/** Assembles the site of one worker: routes compiled into endpoints, methods completed, the fallback. */
import type { Endpoint, FixedResponse, Peer, Resource, Site, SocketEntry } from "../runtime/port.ts";
import type { Context } from "./context.ts";
import { type Fallback, PASS } from "./feature.ts";
import { HttpError, internalError } from "./http-error.ts";
import { compose, type Handle } from "./middleware.ts";
import { compileEndpoint, type PipelineServices } from "./pipeline.ts";
import type { Reply, Route } from "./route.ts";
import { type OptionName, unservedOption } from "./route-options.ts";
import { buildRouter, type Router } from "./router.ts";

export interface SiteParts {
  readonly routes: readonly Route[];
  readonly sockets: readonly SocketEntry[];
  /** Asked in this order when no route has the path. */
  readonly fallbacks: readonly Fallback[];
  /** Route options that the installed features act on. */
  readonly options: ReadonlySet<OptionName>;
}

/**
 * Throws TypeError when two routes have the same method and pattern, or patterns that cannot be told apart, and when a
 * route asks for an option that no installed feature acts on.
 */
export function buildSite(parts: SiteParts, services: PipelineServices): Site {
  for (const route of parts.routes) checkOptions(route, parts.options);
  const constants = parts.routes.filter((route) => route.constant);
  const resources = groupByPattern(parts.routes, services);
  const router = buildRouter(resources);
  const unmatched = compileUnmatched(router, parts.fallbacks, services);
  return {
    resources,
    constants: constants.map((route) => fixedResponse(route, services)),
    sockets: parts.sockets,
    fallback: (request, peer: Peer) => unmatched(request, noParams, peer),
    onError(error) {
      services.onHandlerError(undefined, error);
      return services.responder.problem(internalError(), undefined);
    },
  };
}

const noParams: Readonly<Record<string, string>> = Object.freeze({});

function checkOptions(route: Route, served: ReadonlySet<OptionName>): void {
  const name = unservedOption(route.options, served);
  if (name === undefined) return;
  const where = `route "${route.method} ${route.pattern}"`;
  throw new TypeError(`${where} asks for "${name}", and no feature of this server acts on it; add the feature`);
}

function fixedResponse({ method, pattern, constant }: Route, { responder }: PipelineServices): FixedResponse {
  const { body = "", status = 200, headers = {} } = constant ?? {};
  const all = new Headers(responder.fixed as [string, string][]);
  if (!("content-type" in headers)) all.set("content-type", "text/plain;charset=UTF-8");
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return { method, pattern, body, status, headers: [...all] };
}

function compileRoute(route: Route, services: PipelineServices): Endpoint {
  const handle = compose(route.options.middleware ?? [], route.handler as Handle, route);
  return compileEndpoint(compose(services.middleware, handle, route), route, services);
}

function groupByPattern(routes: readonly Route[], services: PipelineServices): readonly Resource[] {
  const byPattern = new Map<string, Map<string, Endpoint>>();
  for (const route of routes) {
    const endpoints = byPattern.get(route.pattern) ?? new Map<string, Endpoint>();
    byPattern.set(route.pattern, endpoints);
    if (endpoints.has(route.method)) throw new TypeError(`route "${route.method} ${route.pattern}" is defined twice`);
    endpoints.set(route.method, compileRoute(route, services));
  }
  return [...byPattern].map(([pattern, endpoints]) => completed(pattern, endpoints, services));
}

/** HEAD answers as GET does (the runtime leaves the body out); OPTIONS names the methods. */
function completed(pattern: string, endpoints: Map<string, Endpoint>, services: PipelineServices): Resource {
  const any = endpoints.get("*");
  endpoints.delete("*");
  if (any) return { pattern, endpoints, any };
  const get = endpoints.get("GET");
  if (get && !endpoints.has("HEAD")) endpoints.set("HEAD", get);
  if (!endpoints.has("OPTIONS")) {
    const allow = [...endpoints.keys(), "OPTIONS"].sort().join(", ");
    const handler = () => new Response(null, { status: 204, headers: { allow } });
    endpoints.set("OPTIONS", compileRoute({ method: "OPTIONS", pattern, options: {}, handler }, services));
  }
  return { pattern, endpoints };
}

/** The answer where no route has the path and method: a feature's, or 404, or 405. It passes the same middleware. */
function compileUnmatched(router: Router, fallbacks: readonly Fallback[], services: PipelineServices): Endpoint {
  const route: Route = { method: "*", pattern: "/*", options: {}, handler: handle };
  function handle(context: Context): Reply | Promise<Reply> {
    const error = unmatched(context.request, router);
    if (error.status !== 404) throw error;
    return firstOf(fallbacks, 0, context, error);
  }
  return compileEndpoint(compose(services.middleware, handle, route), undefined, services);
}

function firstOf(
  fallbacks: readonly Fallback[],
  from: number,
  context: Context,
  error: HttpError,
): Reply | Promise<Reply> {
  for (let index = from; index < fallbacks.length; index += 1) {
    const reply = (fallbacks[index] as Fallback)(context);
    if (reply instanceof Promise) {
      return reply.then((value) => (value === PASS ? firstOf(fallbacks, index + 1, context, error) : value));
    }
    if (reply !== PASS) return reply;
  }
  throw error;
}

function unmatched(request: Request, router: Router): HttpError {
  try {
    const found = router.find(request.url);
    if (!found) return new HttpError(404, "NOT_FOUND", "There is nothing at this path.");
    const allow = [...found.value.endpoints.keys()].sort().join(", ");
    return new HttpError(405, "METHOD_NOT_ALLOWED", `This path answers ${allow}.`, { allow });
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
}
