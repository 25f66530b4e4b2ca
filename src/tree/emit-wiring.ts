/**
 * Prints `src/wiring.ts`: the one file of the server that names an adapter and the features.
 * `templates/app/src/wiring.ts` is its checked-in twin for the reference plan.
 */

import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import { type FeatureName, featureNames } from "../answers/choices.ts";
import type { Plan } from "../plan/plan.ts";

/** The object that each adapter's module exports; the module is `runtime/<adapter>.ts`. */
const adapterExports = {
  bun: "bun",
  "deno-serve": "denoServe",
  "deno-http": "denoHttp",
} as const satisfies Record<AdapterName, string>;

/** The object that each feature's module exports; the module is `features/<feature>.ts`. */
const featureExports = {
  websocket: "websocket",
  "request-log": "requestLog",
} as const satisfies Record<FeatureName, string>;

/** @returns the text of `src/wiring.ts`; features stand in the order of the table of features */
export function emitWiring(plan: Pick<Plan, "adapter" | "features">): string {
  const chosen = featureNames.filter((name) => plan.features.includes(name)).sort();
  const imports = chosen.map((name) => `import { ${featureExports[name]} } from "./features/${name}.ts";`);
  const list = chosen.map((name) => featureExports[name]).join(", ");
  return [
    "/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */",
    ...imports,
    'import type { Feature } from "./http/feature.ts";',
    "",
    `export { ${adapterExports[plan.adapter]} as runtime } from "./runtime/${plan.adapter}.ts";`,
    "",
    `export const features: readonly Feature[] = [${list}];`,
    "",
  ].join("\n");
}
