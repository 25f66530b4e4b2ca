/** Compression of replies above a threshold. */
import type { Feature } from "../http/feature.ts";

export const compression: Feature = {
  name: "compression",
  install: () => ({}),
};
