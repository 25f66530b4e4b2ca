/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */
import type { Feature } from "./http/feature.ts";

export { bun as runtime } from "./runtime/bun.ts";

export const features: readonly Feature[] = [];
