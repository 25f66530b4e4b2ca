/**
 * The emitted server's data plane with the chosen features and the reference plan's settings, on either runtime.
 * First argument: the features' names with commas, or "none". Further ones: settings as section.key=value.
 */

import { loadConfig } from "../../../../templates/app/src/config/load.ts";
import { variableOf } from "../../../../templates/app/src/config/settings.ts";
import { FeatureControls } from "../../../../templates/app/src/control/feature-controls.ts";
import { startDataPlane } from "../../../../templates/app/src/data/start-data-plane.ts";
import { defineRoutes } from "../../../../templates/app/src/http/route.ts";
import { createLogger } from "../../../../templates/app/src/log/logger.ts";
import { features, runtime } from "../../../../templates/app/src/wiring.ts";
import { zoneShape } from "../../../../templates/app/src/zones/shape.ts";
import { createZones } from "../../../../templates/app/src/zones/zones.ts";
import { ready, user } from "./routes.mjs";

const [chosen = "none", ...settings] = globalThis.Deno?.args ?? process.argv.slice(2);
const names = chosen === "none" ? [] : chosen.split(",");
const given = Object.fromEntries(settings.map((text) => text.split(/=(.*)/s, 2)));
const overrides = { "server.host": "127.0.0.1", "server.port": "0", "workers.mode": "inline", "workers.count": "1" };
const environment = Object.fromEntries(
  Object.entries({ ...overrides, ...given }).map(([key, value]) => [variableOf(key), value]),
);
const directory = new URL("../../../../templates/app", import.meta.url).pathname;
const { config } = loadConfig({ directory, environment });
const logger = createLogger({ level: "error", format: "json", batchBytes: 65_536, flushMs: 1000, thread: "measure" });
const wanted = features.filter(({ name }) => names.includes(name));
if (wanted.length !== names.length) throw new Error(`unknown feature in ${chosen}`);
const zones = createZones(zoneShape(config));
const rssBytes = () => runtime.memory().rssBytes;
const reload = () => undefined;
const controls = await FeatureControls.start({ features: wanted, config, logger, zones, rssBytes, runtime, reload });
const app = {
  // The optional fields are per-route features: a route pays for what it asks for.
  routes: defineRoutes({
    "GET /user/:id": ({ params }) => user(params.id),
    ...(names.includes("response-cache")
      ? { "GET /cached/:id": { cache: { ttlMs: 60_000 }, handler: ({ params }) => user(params.id) } }
      : {}),
  }),
  features: wanted,
  runtime,
};
const order = { type: "start", worker: 0, port: 0, config, tls: undefined, zones, features: controls.partsFor(0) };
const plane = await startDataPlane(app, order);
ready(plane.port);
