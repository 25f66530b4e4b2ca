/**
 * Guards what changes something on the admin listener against web pages that an operator's browser has open.
 *
 * Idea: the listener has no passwords; it is protected by where it listens. A browser on that machine reaches it too, and any
 * page can make it send a POST. So a request that a browser says came from another site is refused (Sec-Fetch-Site, and
 * Origin for browsers without it), and so is one whose Host is a name: a page whose own name was made to point at this
 * address (DNS rebinding) counts as the same site, but cannot help sending its name. Programs send neither header and
 * use an address, or localhost.
 * Source: W3C, "Fetch Metadata Request Headers"; RFC 6454 for Origin.
 */
import { isIP } from "node:net";
import { HttpError, problemResponse } from "../http/http-error.ts";
import type { Endpoint, Resource } from "../runtime/port.ts";

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function guarded(resource: Resource): Resource {
  const endpoints = [...resource.endpoints].map(
    ([method, endpoint]) => [method, safe.has(method) ? endpoint : refusing(endpoint)] as const,
  );
  const { pattern, any } = resource;
  return { pattern, endpoints: new Map(endpoints), ...(any ? { any: refusing(any) } : {}) };
}

function refusing(endpoint: Endpoint): Endpoint {
  return (request, params, peer) => {
    const reason = safe.has(request.method) ? undefined : foreignSign(request.headers);
    if (reason === undefined) return endpoint(request, params, peer);
    return problemResponse(new HttpError(403, "FOREIGN_REQUEST", reason));
  };
}

/** Why the request may come from a page of another site; undefined: no sign of that. */
export function foreignSign(headers: Headers): string | undefined {
  const host = headers.get("host") ?? "";
  if (!isLocalHost(host)) {
    return "Changes are taken at an IP address or at localhost only: a name in Host may be a web page's own.";
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    return "Changes are not taken from a web page of another site.";
  }
  const origin = headers.get("origin");
  if (origin !== null && hostOf(origin) !== host.toLowerCase()) {
    return "Changes are not taken from a web page of another origin.";
  }
  return undefined;
}

function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d*$/, "").toLowerCase();
  return name === "localhost" || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
