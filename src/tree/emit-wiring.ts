/**
 * Prints `src/wiring.ts`: the one file of the server that names an adapter and the features.
 * `templates/app/src/wiring.ts` is its checked-in twin for the reference plan, which asks for every feature.
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
  "request-id": "requestId",
  "request-log": "requestLog",
  "security-headers": "securityHeaders",
  cors: "cors",
  overload: "overload",
  "rate-limit": "rateLimit",
  auth: "auth",
  "response-cache": "responseCache",
  compression: "compression",
  tasks: "tasks",
  websocket: "websocket",
  "static-files": "staticFiles",
} as const satisfies Record<FeatureName, string>;

/** The width at which the formatter of the emitted project breaks a list into one item per line. */
const COLUMNS_MAX = 120;

/** @returns the text of `src/wiring.ts`; features stand in the order of the pipeline, their imports by name */
export function emitWiring(plan: Pick<Plan, "adapter" | "features">): string {
  const chosen = featureNames.filter((name) => plan.features.includes(name));
  const imports = [...chosen].sort().map((name) => `import { ${featureExports[name]} } from "./features/${name}.ts";`);
  return [
    "/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */",
    ...imports,
    'import type { Feature } from "./http/feature.ts";',
    "",
    `export { ${adapterExports[plan.adapter]} as runtime } from "./runtime/${plan.adapter}.ts";`,
    "",
    featureList(chosen.map((name) => featureExports[name])),
    "",
  ].join("\n");
}

function featureList(names: readonly string[]): string {
  const start = "export const features: readonly Feature[] = [";
  const line = `${start}${names.join(", ")}];`;
  if (line.length <= COLUMNS_MAX) return line;
  return [start, ...names.map((name) => `  ${name},`), "];"].join("\n");
}
