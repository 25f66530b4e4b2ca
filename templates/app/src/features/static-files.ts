/** Static files, looked up in a table that is known at start. */
import type { Feature } from "../http/feature.ts";

export const staticFiles: Feature = {
  name: "static-files",
  install: () => ({}),
};
