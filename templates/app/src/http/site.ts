/** Assembles the site of one worker: routes compiled into endpoints, methods completed, the fallback. */
import type { Endpoint, Peer, Resource, Site, SocketEntry } from "../runtime/port.ts";
import { HttpError, internalError, problemResponse } from "./http-error.ts";
import { account, compileEndpoint, type PipelineServices } from "./pipeline.ts";
import type { Route } from "./route.ts";
import { buildRouter, type Router } from "./router.ts";

/** Throws TypeError when two routes have the same method and pattern, or patterns that cannot be told apart. */
export function buildSite(routes: readonly Route[], sockets: readonly SocketEntry[], services: PipelineServices): Site {
  const resources = groupByPattern(routes, services);
  const router = buildRouter(resources);
  return {
    resources,
    sockets,
    fallback: (request, _peer: Peer) => answerUnmatched(request, router, services),
    onError(error) {
      services.onHandlerError(undefined, error);
      return internalError();
    },
  };
}

function groupByPattern(routes: readonly Route[], services: PipelineServices): readonly Resource[] {
  const byPattern = new Map<string, Map<string, Endpoint>>();
  for (const route of routes) {
    const endpoints = byPattern.get(route.pattern) ?? new Map<string, Endpoint>();
    byPattern.set(route.pattern, endpoints);
    if (endpoints.has(route.method)) throw new TypeError(`route "${route.method} ${route.pattern}" is defined twice`);
    endpoints.set(route.method, compileEndpoint(route.handler, services));
  }
  return [...byPattern].map(([pattern, endpoints]) => ({ pattern, endpoints: completed(endpoints, services) }));
}

/** HEAD answers as GET does (the runtime leaves the body out); OPTIONS names the methods. */
function completed(endpoints: Map<string, Endpoint>, services: PipelineServices): ReadonlyMap<string, Endpoint> {
  const get = endpoints.get("GET");
  if (get && !endpoints.has("HEAD")) endpoints.set("HEAD", get);
  if (!endpoints.has("OPTIONS")) {
    const allow = [...endpoints.keys(), "OPTIONS"].sort().join(", ");
    endpoints.set(
      "OPTIONS",
      compileEndpoint(() => new Response(null, { status: 204, headers: { allow } }), services),
    );
  }
  return endpoints;
}

function answerUnmatched(request: Request, router: Router, services: PipelineServices): Response {
  const startedMs = performance.now();
  const response = problemResponse(unmatched(request, router));
  account(request, response, startedMs, services);
  return response;
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
