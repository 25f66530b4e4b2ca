/** Assembles the site of one worker: routes compiled into endpoints, methods completed, the fallback. */
import type { ServerConfig } from "../config/schema.ts";
import type { Endpoint, FixedResponse, Peer, Resource, Site, SocketEntry } from "../runtime/port.ts";
import { constantEndpoint, fixedResponse } from "./constant-endpoint.ts";
import type { Context } from "./context.ts";
import { type Fallback, PASS } from "./feature.ts";
import { HttpError, internalError } from "./http-error.ts";
import { compose, type Handle } from "./middleware.ts";
import type { PathParams } from "./parameter-types.ts";
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
  readonly trailingSlash: ServerConfig["server"]["trailing_slash"];
}

/**
 * Throws TypeError when two routes have the same method and pattern, or patterns that cannot be told apart, and when a
 * route asks for an option that no installed feature acts on.
 */
export function buildSite(parts: SiteParts, services: PipelineServices): Site {
  for (const route of parts.routes) checkOptions(route, parts.options);
  const resources = groupByPattern(parts.routes, services);
  const router = buildRouter([...resources, ...parts.sockets.map(socketResource)]);
  const unmatched = compileUnmatched(router, parts, services);
  return {
    resources,
    constants: parts.routes.flatMap((route) => {
      const fixed = unwrapped(route, services);
      return fixed ? [fixed] : [];
    }),
    sockets: parts.sockets,
    fallback: (request, peer: Peer) => unmatched(request, noParams, peer),
    onError(error) {
      services.onHandlerError(undefined, error);
      return services.responder.problem(internalError(), undefined);
    },
  };
}

/** For the methods of its path only: the adapter answers there itself. */
function socketResource({ pattern }: SocketEntry): Resource {
  return { pattern, endpoints: new Map([["GET", () => new Response(null, { status: 426 })]]) };
}

const noParams: PathParams = Object.freeze({});

function checkOptions(route: Route, served: ReadonlySet<OptionName>): void {
  const name = unservedOption(route.options, served);
  if (name === undefined) return;
  const where = `route "${route.method} ${route.pattern}"`;
  throw new TypeError(`${where} asks for "${name}", and no feature of this server acts on it; add the feature`);
}

/** The constant's response, where no middleware and no header that differs per request concerns it. */
function unwrapped(route: Route, services: PipelineServices): FixedResponse | undefined {
  if (!route.constant || services.responder.isPerRequest) return undefined;
  const handler = route.handler as Handle;
  if (compose(services.middleware, handler, route) !== handler) return undefined;
  return fixedResponse(route.method, route.pattern, route.constant, services.responder.fixed);
}

function compileRoute(route: Route, services: PipelineServices): Endpoint {
  const fixed = unwrapped(route, services);
  if (fixed) return constantEndpoint(fixed, services.zones.counters);
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
  const get = endpoints.get("GET");
  if (get && !endpoints.has("HEAD")) endpoints.set("HEAD", get);
  if (any) return { pattern, endpoints, any };
  if (!endpoints.has("OPTIONS")) {
    const allow = [...endpoints.keys(), "OPTIONS"].sort().join(", ");
    const handler = () => new Response(null, { status: 204, headers: { allow } });
    endpoints.set("OPTIONS", compileRoute({ method: "OPTIONS", pattern, options: {}, handler }, services));
  }
  return { pattern, endpoints };
}

/** The answer where no route has the path and method: a feature's, or 404, or 405. It passes the same middleware. */
function compileUnmatched(router: Router, parts: SiteParts, services: PipelineServices): Endpoint {
  const refuse = parts.trailingSlash === "redirect" ? (url: string) => redirection(url, router) : notFound;
  const route: Route = { method: "*", pattern: "/*", options: {}, handler: handle };
  function handle(context: Context): Reply | Promise<Reply> {
    // Throws where the path is malformed.
    const found = router.find(context.request.url);
    if (found) throw methodNotAllowed(found.value);
    return firstOf(parts.fallbacks, 0, context, refuse);
  }
  return compileEndpoint(compose(services.middleware, handle, route), undefined, services);
}

function firstOf(
  fallbacks: readonly Fallback[],
  from: number,
  context: Context,
  refuse: (url: string) => Reply,
): Reply | Promise<Reply> {
  for (let index = from; index < fallbacks.length; index += 1) {
    const reply = (fallbacks[index] as Fallback)(context);
    if (reply instanceof Promise) {
      return reply.then((value) => (value === PASS ? firstOf(fallbacks, index + 1, context, refuse) : value));
    }
    if (reply !== PASS) return reply;
  }
  return refuse(context.request.url);
}

function notFound(): never {
  throw new HttpError(404, "NOT_FOUND", "There is nothing at this path.");
}

function methodNotAllowed({ endpoints }: Resource): HttpError {
  const allow = [...endpoints.keys()].sort().join(", ");
  return new HttpError(405, "METHOD_NOT_ALLOWED", `This path answers ${allow}.`, { allow });
}

/** 308 keeps the method and the body (RFC 9110, section 15.4.9). */
function redirection(url: string, router: Router): Reply {
  const location = router.twin(url);
  return location === undefined ? notFound() : new Response(null, { status: 308, headers: { location } });
}
