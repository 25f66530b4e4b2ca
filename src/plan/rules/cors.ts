/** Which other sites' scripts may read answers. */
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";

/** Chromium keeps a preflight's answer for two hours at most. */
const PREFLIGHT_S = 2 * 60 * 60;

export const corsRules = {
  "cors.origins": featureRule("cors", {
    unit: "none",
    reads: [],
    source: derived("only the owner knows which sites are his"),
    decide: () => ({ value: [], reason: reason("cors_origins", {}) }),
  }),
  "cors.methods": featureRule("cors", {
    unit: "none",
    reads: [],
    source: documented("https://fetch.spec.whatwg.org/#http-access-control-allow-methods"),
    decide: () => ({ value: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], reason: reason("cors_methods", {}) }),
  }),
  "cors.headers": featureRule("cors", {
    unit: "none",
    reads: [],
    source: documented("https://fetch.spec.whatwg.org/#cors-safelisted-request-header"),
    decide: () => ({ value: ["authorization", "content-type"], reason: reason("cors_headers", {}) }),
  }),
  "cors.exposed": featureRule("cors", {
    unit: "none",
    reads: ["request_id.header", "features.rate-limit"],
    source: documented("https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name"),
    decide: (read) => {
      const id = read("request_id.header");
      const limits = read("features.rate-limit") ? ["ratelimit", "ratelimit-policy", "retry-after"] : [];
      return { value: [...(id === undefined ? [] : [id]), ...limits], reason: reason("cors_exposed", {}) };
    },
  }),
  "cors.credentials": featureRule("cors", {
    unit: "none",
    reads: [],
    source: assumed("tokens in a header need no credentials; cookies across sites are an exception"),
    decide: () => ({ value: false, reason: reason("cors_credentials", {}) }),
  }),
  "cors.max_age_s": featureRule("cors", {
    unit: "s",
    reads: [],
    source: documented(
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age#delta-seconds",
    ),
    decide: () => ({ value: PREFLIGHT_S, reason: reason("cors_max_age", {}) }),
  }),
  "cors.private_network": featureRule("cors", {
    unit: "none",
    reads: [],
    source: documented("https://wicg.github.io/private-network-access/"),
    decide: () => ({ value: false, reason: reason("cors_private", {}) }),
  }),
} satisfies RuleTable<KeysOf<"cors">>;
