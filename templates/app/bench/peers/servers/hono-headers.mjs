/** Header fields as options of Hono's secureHeaders(), which asks for policies as objects. */

/** Field name: its option. Those that the order does not have are switched off. */
const options = {
  "cross-origin-embedder-policy": "crossOriginEmbedderPolicy",
  "cross-origin-resource-policy": "crossOriginResourcePolicy",
  "cross-origin-opener-policy": "crossOriginOpenerPolicy",
  "origin-agent-cluster": "originAgentCluster",
  "referrer-policy": "referrerPolicy",
  "strict-transport-security": "strictTransportSecurity",
  "x-content-type-options": "xContentTypeOptions",
  "x-dns-prefetch-control": "xDnsPrefetchControl",
  "x-download-options": "xDownloadOptions",
  "x-frame-options": "xFrameOptions",
  "x-permitted-cross-domain-policies": "xPermittedCrossDomainPolicies",
  "x-xss-protection": "xXssProtection",
};

const policies = {
  "content-security-policy": (value) => ({ contentSecurityPolicy: cspDirectives(value) }),
  "permissions-policy": (value) => ({ permissionsPolicy: permissionDirectives(value) }),
};

/** @param {[string, string][]} headers */
export function secureHeaderOptions(headers) {
  const given = new Map(headers);
  const single = Object.entries(options).map(([field, option]) => [option, given.get(field) ?? false]);
  const policy = Object.entries(policies).flatMap(([field, read]) => {
    const value = given.get(field);
    return value === undefined ? [] : Object.entries(read(value));
  });
  return { ...Object.fromEntries(single), removePoweredBy: false, ...Object.fromEntries(policy) };
}

/** Those that secureHeaders() does not know. */
export function otherHeaders(headers) {
  return headers.filter(([field]) => !(field in options || field in policies));
}

/** "default-src 'self'; base-uri 'self'" as { defaultSrc: ["'self'"], baseUri: ["'self'"] } */
function cspDirectives(text) {
  const directives = text.split(";").map((directive) => directive.trim().split(/\s+/));
  return Object.fromEntries(
    directives.filter(([name]) => name !== "").map(([name, ...values]) => [camel(name), values]),
  );
}

/** "camera=(), fullscreen=(self)" as { camera: [], fullscreen: ["self"] } */
function permissionDirectives(text) {
  const directives = text.split(",").map((directive) => directive.trim().split("="));
  return Object.fromEntries(
    directives.map(([name, list = ""]) => [
      camel(name),
      list
        .replace(/[()"]/g, "")
        .split(/\s+/)
        .filter((word) => word !== ""),
    ]),
  );
}

function camel(name) {
  return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}
