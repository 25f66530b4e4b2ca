/**
 * Cross-origin resource sharing, as the Fetch standard has it (https://fetch.spec.whatwg.org/#http-cors-protocol).
 *
 * Idea: what can be said to everybody is a fixed header, and "*" is said to everybody, so that it costs no work per
 * request. With a list of origins the one header that differs is stamped, from a map of all answers, and Vary tells
 * caches. Preflights never reach a handler, a limit or an authentication: browsers send them without credentials.
 *
 * An origin that is not allowed gets the plain answer: the browser keeps it from the script, and other clients never
 * cared. So this is no access control; that is the feature `auth`.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Context } from "../http/context.ts";
import type { Feature, FeatureHooks } from "../http/feature.ts";
import type { Middleware } from "../http/middleware.ts";
import type { HeaderPair, Stamp } from "../http/responder.ts";
import { withVary } from "../http/vary.ts";

type CorsConfig = ServerConfig["cors"];

export const cors: Feature = {
  name: "cors",
  prepare({ cors: { origins, credentials } }, logger) {
    if (credentials && origins.includes("null")) {
      logger.warn('every page can make itself the origin "null", and may then act as the user', {
        key: "cors.origins",
        value: "null",
        next: "leave it out, or set cors.credentials = false",
      });
    }
    return undefined;
  },
  install({ config: { cors: settings } }): FeatureHooks {
    if (settings.origins.length === 0) return {};
    const isOpen = settings.origins.includes("*");
    const allowed = (origin: string) => isOpen || origins.has(origin);
    const origins = new Set(settings.origins);
    const middleware = answeringPreflights(settings, allowed, isOpen);
    return isOpen
      ? { middleware, headers: openHeaders(settings) }
      : { middleware, headers: [["vary", "origin"]], stamp: stamps(settings, origins) };
  },
};

function openHeaders({ exposed }: CorsConfig): readonly HeaderPair[] {
  const open: HeaderPair = ["access-control-allow-origin", "*"];
  return exposed.length === 0 ? [open] : [open, ["access-control-expose-headers", exposed.join(", ")]];
}

/** Each is left out for an origin that is not allowed, and without one. */
function stamps({ credentials, exposed }: CorsConfig, origins: ReadonlySet<string>): readonly Stamp[] {
  const originOf = (context: Context) => {
    const origin = context.request.headers.get("origin");
    return origin !== null && origins.has(origin) ? origin : undefined;
  };
  const also = (name: string, value: string): Stamp => ({
    name,
    value: (context) => (originOf(context) === undefined ? undefined : value),
    essential: true,
  });
  return [
    { name: "access-control-allow-origin", value: originOf, essential: true },
    ...(credentials ? [also("access-control-allow-credentials", "true")] : []),
    ...(exposed.length > 0 ? [also("access-control-expose-headers", exposed.join(", "))] : []),
  ];
}

/** What a preflight's answer depends on, for caches between: browsers keep it by themselves. */
const PREFLIGHT_VARY = "access-control-request-method, access-control-request-headers";

/** Around OPTIONS alone: other methods run without it. */
function answeringPreflights(settings: CorsConfig, allowed: (origin: string) => boolean, isOpen: boolean): Middleware {
  const allow = preflightHeaders(settings, isOpen);
  const refused: readonly HeaderPair[] = [["vary", PREFLIGHT_VARY]];
  return (next, { method }) => {
    if (method !== "OPTIONS" && method !== "*") return next;
    return (context) => {
      if (context.request.method !== "OPTIONS") return next(context);
      const { headers } = context.request;
      const origin = headers.get("origin");
      // Without both it is a plain OPTIONS, which the route answers.
      if (origin === null || headers.get("access-control-request-method") === null) return next(context);
      if (!allowed(origin)) return emptyReply(refused);
      const wantsPrivate = headers.get("access-control-request-private-network") === "true";
      return emptyReply(wantsPrivate && settings.private_network ? [...allow, PRIVATE_NETWORK] : allow);
    };
  };
}

/** Private Network Access (https://wicg.github.io/private-network-access/): without it Chrome keeps public pages out. */
const PRIVATE_NETWORK: HeaderPair = ["access-control-allow-private-network", "true"];

/** The origin itself comes as on any other response. */
function preflightHeaders({ methods, headers, max_age_s }: CorsConfig, isOpen: boolean): readonly HeaderPair[] {
  const pairs: readonly HeaderPair[] = [
    ["access-control-allow-methods", methods.join(", ")],
    ["access-control-allow-headers", headers.join(", ")],
    ["access-control-max-age", max_age_s > 0 ? String(max_age_s) : ""],
    ["vary", isOpen ? PREFLIGHT_VARY : withVary(PREFLIGHT_VARY, "origin")],
  ];
  return pairs.filter(([, value]) => value !== "");
}

function emptyReply(headers: readonly HeaderPair[]): Response {
  return new Response(null, { status: 204, headers: headers as [string, string][] });
}
