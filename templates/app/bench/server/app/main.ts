/**
 * The bench's own server: this project's control plane, threads, features and settings with the bench's routes and
 * sockets. Arguments: the folder of the configuration, and the features to start with, separated by commas; all without.
 */
import process from "node:process";
import { runServer } from "../../../src/control/run-server.ts";
import { runtime } from "../../../src/wiring.ts";
import { benchApp } from "./bench-app.ts";

const [, , directory = "", names] = process.argv;
const app = benchApp(names === undefined ? undefined : new Set(names.split(",")));

await runServer({
  directory,
  runtime,
  features: app.features,
  workerModule: new URL("./worker.ts", import.meta.url),
  loadApp: async () => app,
});
