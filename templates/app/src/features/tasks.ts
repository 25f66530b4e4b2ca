/** CPU-heavy work on threads beside the workers. */
import type { Feature } from "../http/feature.ts";

export const tasks: Feature = {
  name: "tasks",
  install: () => ({}),
};
