/** The bench's app: its routes and sockets on this project's features and adapter. */
import type { App } from "../../../src/data/start-data-plane.ts";
import type { Feature } from "../../../src/http/feature.ts";
import { features, runtime } from "../../../src/wiring.ts";
import { benchRoutes } from "./routes.ts";
import { withBenchSockets } from "./sockets-feature.ts";

/** `names`: of the features to have; undefined: all of the project. The user's middleware is none of them. */
export function benchApp(names: ReadonlySet<string> | undefined): App {
  const chosen = features.filter(({ name }) => names === undefined || names.has(name)).map(withBench);
  const hasCache = chosen.some(({ name }) => name === "response-cache");
  return { routes: benchRoutes(hasCache), features: chosen, runtime };
}

/** The wired WebSocket feature serves the user's sockets. */
function withBench(feature: Feature): Feature {
  return feature.name === "websocket" ? withBenchSockets(feature) : feature;
}
