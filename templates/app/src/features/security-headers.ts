/**
 * Security headers: fixed headers of every response, after the OWASP Secure Headers Project
 * (https://owasp.org/www-project-secure-headers/) and, for interfaces without pages, OWASP's REST Security Cheat Sheet.
 *
 * They are built once and cost what any header costs; a handler's own header of the same name wins. Of the project's list
 * are left out: Clear-Site-Data and Cache-Control, which belong to single responses, and X-Permitted-Cross-Domain-Policies,
 * whose readers (Flash, Acrobat in browsers) are gone.
 *
 * A Content-Security-Policy speaks to pages alone. "default-src 'none'" suits a server without pages; one with static
 * pages needs "default-src 'self'" at least, under which scripts and styles of files work and those written into the
 * page do not.
 */
import type { ServerConfig } from "../config/schema.ts";
import type { Feature } from "../http/feature.ts";
import type { HeaderPair } from "../http/responder.ts";

export const securityHeaders: Feature = {
  name: "security-headers",
  prepare(config, logger) {
    const { hsts_s } = config.security_headers;
    if (hsts_s > 0 && !reachesBrowsersByTls(config)) {
      logger.warn("Strict-Transport-Security is not sent", {
        key: "security_headers.hsts_s",
        value: hsts_s,
        reason: "browsers ignore it without TLS, and a development certificate would lock them out",
        next: 'set tls.mode = "files", or name the proxy that ends TLS in proxy.trusted',
      });
    }
    return undefined;
  },
  install({ config }) {
    const headers = securityHeaderPairs(config);
    return headers.length === 0 ? {} : { headers };
  },
};

/** Names in lower case, in the order in which they are sent. */
export function securityHeaderPairs(config: ServerConfig): readonly HeaderPair[] {
  const { security_headers: given } = config;
  const pairs: readonly HeaderPair[] = [
    ["x-content-type-options", given.nosniff ? "nosniff" : ""],
    ["strict-transport-security", reachesBrowsersByTls(config) ? hsts(given.hsts_s, given.hsts_subdomains) : ""],
    ["content-security-policy", given.content_security_policy],
    ["x-frame-options", given.frame_options],
    ["referrer-policy", given.referrer_policy],
    ["permissions-policy", given.permissions_policy],
    ["cross-origin-opener-policy", given.cross_origin_opener_policy],
    ["cross-origin-resource-policy", given.cross_origin_resource_policy],
    ["cross-origin-embedder-policy", given.cross_origin_embedder_policy],
  ];
  return pairs.filter(([, value]) => value !== "");
}

/**
 * RFC 6797, section 7.2: the header must not be sent without TLS. A trusted proxy is taken to be what ends it. A
 * development certificate is left out: browsers would refuse http://localhost on every port from then on.
 */
function reachesBrowsersByTls({ tls, proxy }: ServerConfig): boolean {
  return tls.mode === "files" || (tls.mode === "off" && proxy.trusted.length > 0);
}

function hsts(maxAgeS: number, withSubdomains: boolean): string {
  if (maxAgeS === 0) return "";
  return `max-age=${maxAgeS}${withSubdomains ? "; includeSubDomains" : ""}`;
}
