/** The server's main thread: the control plane of this project's data plane. */
import { fileURLToPath } from "node:url";
import { runServer } from "./control/run-server.ts";
import { features, runtime } from "./wiring.ts";

await runServer({
  directory: fileURLToPath(new URL("..", import.meta.url)),
  runtime,
  features,
  workerModule: new URL("./worker.ts", import.meta.url),
  loadApp: async () => ({
    routes: (await import("./app/routes.ts")).routes,
    middleware: (await import("./app/middleware.ts")).middleware,
    features,
    runtime,
  }),
});
