/** A data-plane worker: the user's routes, the wired features, on the wired runtime. */
import { middleware } from "./app/middleware.ts";
import { routes } from "./app/routes.ts";
import { runWorker } from "./data/run-worker.ts";
import { features, runtime } from "./wiring.ts";

runWorker({ routes, middleware, features, runtime });
