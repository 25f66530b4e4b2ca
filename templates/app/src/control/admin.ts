/**
 * The admin site: health, metrics and configuration, on a listener of its own that strangers do not reach.
 * It lives on the main thread, so it answers while the data plane is saturated.
 */
import { HttpError, problemResponse } from "../http/http-error.ts";
import type { Endpoint, Resource, Site } from "../runtime/port.ts";
import { guarded } from "./admin-guard.ts";
import { METRICS_TYPE } from "./metrics.ts";

export interface AdminSources {
  /** Why the server is not ready; empty when it is. */
  notReady(): readonly string[];
  /** Where this host is not what the plan was made for: sentences. That is no reason to take no traffic. */
  drift(): readonly string[];
  /** Bytes of their own: a response's body is read later. */
  metrics(): string | Uint8Array<ArrayBuffer>;
  /** Every setting with its value and origin; secrets redacted. */
  configuration(): unknown;
}

export function buildAdminSite(sources: AdminSources, added: readonly Resource[]): Site {
  return {
    resources: [
      resource("/livez", () => new Response("ok\n")),
      resource("/readyz", () => readiness(sources)),
      resource("/metrics", () => new Response(sources.metrics(), { headers: { "content-type": METRICS_TYPE } })),
      resource("/-/config", () => Response.json(sources.configuration())),
      ...added,
    ].map(guarded),
    constants: [],
    sockets: [],
    fallback: () => problemResponse(new HttpError(404, "NOT_FOUND", "There is nothing at this path.")),
    onError: () => problemResponse(new HttpError(500, "INTERNAL_ERROR", "The admin listener failed.")),
  };
}

function resource(pattern: string, endpoint: Endpoint): Resource {
  return {
    pattern,
    endpoints: new Map([
      ["GET", endpoint],
      ["HEAD", endpoint],
    ]),
  };
}

function readiness(sources: AdminSources): Response {
  const reasons = sources.notReady();
  if (reasons.length === 0) return new Response(["ready", ...sources.drift(), ""].join("\n"));
  return new Response(`not ready: ${reasons.join("; ")}\n`, { status: 503 });
}
