/** Headers that tell browsers what not to do with a response. Each costs a little on every one, so an API has fewer. */
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, Read, RuleTable } from "../rule.ts";
import { documented } from "../sources.ts";

const pageReads = ["answers.workload", "features.static-files"] as const;

/** Whether responses are documents that a browser shows, with styles and scripts of their own. */
function readShowsPages(read: Read<(typeof pageReads)[number]>): boolean {
  const files = read("features.static-files");
  return files || read("answers.workload") === "mixed";
}

const owasp = documented("https://owasp.org/www-project-secure-headers/");
const owaspRest = documented(
  "https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers",
);

/** Nothing of a response that is no page may be loaded, run or framed. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";
const pagePolicy = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/** A year, the shortest time that browsers' preload lists take. */
const YEAR_S = 365 * 24 * 60 * 60;

export const securityHeaderRules = {
  "security_headers.nosniff": featureRule("security-headers", {
    unit: "none",
    reads: [],
    source: owaspRest,
    decide: () => ({ value: true, reason: reason("nosniff", {}) }),
  }),
  "security_headers.hsts_s": featureRule("security-headers", {
    unit: "s",
    reads: ["answers.tls"],
    source: documented("https://www.rfc-editor.org/rfc/rfc6797#section-7.2"),
    decide: (read) => {
      const tls = read("answers.tls");
      if (tls === "files") return { value: YEAR_S, reason: reason("hsts", {}) };
      return { value: 0, reason: tls === "dev" ? reason("hsts_dev", {}) : reason("hsts_plain", {}) };
    },
  }),
  "security_headers.hsts_subdomains": featureRule("security-headers", {
    unit: "none",
    reads: [],
    source: documented("https://www.rfc-editor.org/rfc/rfc6797#section-11.4"),
    decide: () => ({ value: false, reason: reason("hsts_subdomains", {}) }),
  }),
  "security_headers.content_security_policy": featureRule("security-headers", {
    unit: "none",
    reads: pageReads,
    source: owaspRest,
    decide: (read) =>
      readShowsPages(read)
        ? { value: pagePolicy, reason: reason("csp_pages", {}), source: owasp }
        : { value: dataPolicy, reason: reason("csp_data", {}) },
  }),
  "security_headers.frame_options": featureRule("security-headers", {
    unit: "none",
    reads: [],
    source: owaspRest,
    decide: () => ({ value: "DENY", reason: reason("frame_options", {}) }),
  }),
  "security_headers.referrer_policy": featureRule("security-headers", {
    unit: "none",
    reads: [],
    source: owasp,
    decide: () => ({ value: "no-referrer", reason: reason("referrer_policy", {}) }),
  }),
  "security_headers.permissions_policy": featureRule("security-headers", {
    unit: "none",
    reads: pageReads,
    source: owasp,
    decide: (read) =>
      readShowsPages(read)
        ? { value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()", reason: reason("permissions", {}) }
        : { value: "", reason: reason("header_pages_only", {}) },
  }),
  "security_headers.cross_origin_opener_policy": featureRule("security-headers", {
    unit: "none",
    reads: pageReads,
    source: owasp,
    decide: (read) =>
      readShowsPages(read)
        ? { value: "same-origin", reason: reason("opener_policy", {}) }
        : { value: "", reason: reason("header_pages_only", {}) },
  }),
  "security_headers.cross_origin_resource_policy": featureRule("security-headers", {
    unit: "none",
    reads: [],
    source: owasp,
    decide: () => ({ value: "same-origin", reason: reason("resource_policy", {}) }),
  }),
  "security_headers.cross_origin_embedder_policy": featureRule("security-headers", {
    unit: "none",
    reads: [],
    source: documented(
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Cross-Origin-Embedder-Policy",
    ),
    decide: () => ({ value: "", reason: reason("embedder_policy", {}) }),
  }),
} satisfies RuleTable<KeysOf<"security_headers">>;
